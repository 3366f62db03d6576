export { EventHub } from "./event-hub.ts";
export type { Audience, OutgoingEvent } from "./outgoing-event.ts";
export type { EventPublisher } from "./publisher.ts";
export { Streams } from "./streams.ts";
