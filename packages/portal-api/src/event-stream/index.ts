export { DeskSigns } from "./desk-signs.ts";
export { EventHub } from "./event-hub.ts";
export type { Audience, OutgoingEvent } from "./outgoing-event.ts";
export type { EventPublisher } from "./publisher.ts";
export { Streams } from "./streams.ts";
