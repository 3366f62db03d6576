export type { Audience, OutgoingEvent } from "./outgoing-event.ts";
export type { EventPublisher } from "./publisher.ts";
