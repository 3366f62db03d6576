import { z } from "zod";
import { counterSchema } from "../shapes.ts";

/**
 * What a provider tells, in one vocabulary. Providers repeat, reorder and delay their callbacks, so
 * each event has an id (told once counts) and a number within its call (order of happening).
 */
const eventDataSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("arrived"),
    from: z.string().max(20),
    queueCode: z.string().max(50),
    language: z.string().max(20),
    statedReason: z.string().max(100).nullable(),
    priority: z.int().min(1).max(5),
  }),
  z.strictObject({ kind: z.literal("dialling"), to: z.string().max(20) }),
  z.strictObject({ kind: z.literal("connected"), agentId: z.uuid() }),
  z.strictObject({ kind: z.literal("held"), agentId: z.uuid() }),
  z.strictObject({ kind: z.literal("resumed"), agentId: z.uuid() }),
  z.strictObject({ kind: z.literal("consulting"), agentId: z.uuid(), otherAgentId: z.uuid() }),
  z.strictObject({ kind: z.literal("conferenced"), agentId: z.uuid(), otherAgentId: z.uuid() }),
  z.strictObject({ kind: z.literal("transferred"), agentId: z.uuid(), toAgentId: z.uuid() }),
  z.strictObject({ kind: z.literal("requeued") }),
  z.strictObject({ kind: z.literal("voicemail"), seconds: counterSchema.min(0) }),
  z.strictObject({
    kind: z.literal("ended"),
    by: z.enum(["caller", "agent", "carrier", "no_answer"]),
  }),
]);
export type ProviderEventData = z.infer<typeof eventDataSchema>;

export const providerEventSchema = z.strictObject({
  eventId: z.uuid(),
  providerCallId: z.string().min(1).max(100),
  /** Counts up within the call, from 1. */
  sequence: counterSchema.min(1),
  /** The provider's wall clock: for people, never for order. */
  occurredAt: z.iso.datetime(),
  data: eventDataSchema,
});
export type ProviderEvent = z.infer<typeof providerEventSchema>;

export const webhookBodySchema = z.strictObject({
  events: z.array(providerEventSchema).min(1).max(100),
});
export const webhookAnswerSchema = z.strictObject({
  /** Events that were new; the others had been told before. */
  stored: z.int(),
  known: z.int(),
});
export const webhookParamsSchema = z.strictObject({ provider: z.enum(["simulator"]) });

/** Headers of a signed webhook; see `webhookSignatureInput`. */
export const webhookTimestampHeader = "careline-webhook-timestamp";
export const webhookSignatureHeader = "careline-webhook-signature";

/**
 * What is signed with HMAC-SHA-256: the time in whole seconds, the host name and path that the
 * provider called, and the body as sent. The signature header is `v1=<hex>`.
 */
export function webhookSignatureInput(parts: {
  readonly timestampSeconds: number;
  readonly host: string;
  readonly path: string;
  readonly body: string;
}): string {
  return `v1\n${parts.timestampSeconds}\n${parts.host.toLowerCase()}\n${parts.path}\n${parts.body}`;
}

/** A command of the portal to the provider. A repeated `commandId` is answered as the first time. */
export const carrierCommandSchema = z.strictObject({
  commandId: z.uuid(),
  command: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("connect"), agentId: z.uuid() }),
    z.strictObject({ kind: z.literal("hold") }),
    z.strictObject({ kind: z.literal("resume") }),
    z.strictObject({ kind: z.literal("consult"), otherAgentId: z.uuid() }),
    z.strictObject({ kind: z.literal("conference") }),
    z.strictObject({ kind: z.literal("complete_transfer") }),
    z.strictObject({ kind: z.literal("return_to_caller") }),
    z.strictObject({ kind: z.literal("requeue") }),
    z.strictObject({ kind: z.literal("hang_up") }),
    z.strictObject({
      kind: z.literal("dial"),
      agentId: z.uuid(),
      to: z.string().max(20),
      /** The number that the callee sees; without it the provider's own. */
      callerId: z.string().max(20).optional(),
    }),
  ]),
});
export type CarrierCommand = z.infer<typeof carrierCommandSchema>;

/** `applied` false: the call was no longer in a state where the command means anything. */
export const carrierCommandAnswerSchema = z.strictObject({ applied: z.boolean() });

/** A call as the provider has it; used to reconcile after a failover. */
export const carrierCallSchema = z.strictObject({
  providerCallId: z.string(),
  direction: z.enum(["inbound", "outbound"]),
  state: z.enum(["queued", "dialling", "connected", "held", "consulting", "conferenced", "ended"]),
  agentId: z.uuid().nullable(),
  otherAgentId: z.uuid().nullable(),
  from: z.string(),
  queueCode: z.string(),
  language: z.string(),
  statedReason: z.string().nullable(),
  priority: z.int(),
  /** The first event's time: the caller's place in the queue. */
  startedAt: z.iso.datetime(),
  lastSequence: z.int(),
});
export type CarrierCall = z.infer<typeof carrierCallSchema>;
export const carrierCallsAnswerSchema = z.strictObject({ calls: z.array(carrierCallSchema) });
