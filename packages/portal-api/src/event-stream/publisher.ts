import type { OutgoingEvent } from "./outgoing-event.ts";

/** Sends events to every screen that may see them, in this process and the others of the region. */
export interface EventPublisher {
  /** Dropped without a permit: what a fenced region says must not reach anybody. */
  publish(event: OutgoingEvent): void;
}
