import { z } from "zod";
import { instantSchema } from "./shapes.ts";

/** One kind of change that the event stream carries. `data` is what the browser receives. */
export interface EventDefinition {
  /** One sentence for readers. */
  readonly summary: string;
  readonly data: z.ZodType;
}

export function event<const E extends EventDefinition>(definition: E): E {
  return definition;
}

/**
 * Envelope of each message on the stream (`event:` = kind, `id:` = sequence, `data:` = this as JSON).
 * `sequence` counts from 1 on each connection and never skips: a skipped number, a new `streamId` or a
 * `gap` means that changes were missed, and the client reads its lists again.
 */
export const eventEnvelopeSchema = z.strictObject({
  streamId: z.uuid(),
  sequence: z.int().positive(),
  kind: z.string(),
  at: instantSchema,
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;

/** What the stream itself says. */
export const streamEvents = {
  /** First message of a connection. */
  hello: event({
    summary: "The stream is open.",
    data: z.strictObject({ heartbeatMs: z.int(), site: z.string(), confirmed: z.string() }),
  }),
  /** Each 10 s. `confirmed` is `Careline-Confirmed`. */
  heartbeat: event({
    summary: "The stream lives; what the standby has.",
    data: z.strictObject({ confirmed: z.string() }),
  }),
  /** The standby's position moved while nothing else was sent. */
  confirmed: event({
    summary: "The standby has flushed up to this position.",
    data: z.strictObject({ confirmed: z.string() }),
  }),
  gap: event({
    summary: "Changes may have been missed; read the lists again.",
    data: z.strictObject({}),
  }),
  /** The session was locked, unlocked, revoked or signed out somewhere. */
  session: event({
    summary: "The state of this session changed.",
    data: z.strictObject({ state: z.enum(["active", "locked", "ended"]) }),
  }),
  /** The region stops serving: reconnect through the front door. */
  drain: event({
    summary: "This process ends its streams; reconnect.",
    data: z.strictObject({ retryMs: z.int() }),
  }),
} as const;
