import { z } from "zod";
import { offerSchema } from "../calls/index.ts";

/** Event `offer` of the event stream, to the agent it is for: a call rings, or rings no more. */
export const offerEventSchema = z.strictObject({
  offer: offerSchema,
  /** What the screen may show while it rings. */
  queueName: z.string().nullable(),
  programmeName: z.string().nullable(),
  language: z.string(),
  statedReason: z.string().nullable(),
  callerPhoneNumber: z.string().nullable(),
  waitedMs: z.int(),
  /** Why the offer is made: from the queue, handed over by a colleague, or made again after a failover. */
  origin: z.enum(["queue", "transfer", "again"]),
});
export type OfferEvent = z.infer<typeof offerEventSchema>;

/** Offers the signed-in agent missed lately, so that a screen can say what happened and why they are on break. */
export const missedOffersAnswerSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        offerId: z.uuid(),
        callId: z.uuid(),
        queueName: z.string().nullable(),
        offeredAt: z.iso.datetime(),
        endedAt: z.iso.datetime(),
        outcome: z.enum(["missed", "withdrawn"]),
        /** `timed_out`: not answered in time. `caller_left`: the caller hung up first. */
        because: z.enum(["timed_out", "caller_left", "failover"]),
      }),
    )
    .max(20),
});
