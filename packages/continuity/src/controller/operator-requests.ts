import { z } from "zod";

const reason = z.string().trim().min(1).max(500);
const codes = z.array(z.string().max(50)).max(20).default([]);

/** `POST /v1/runs` */
export const runOrderSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("switchover"),
    to: z.enum(["east", "west"]),
    ignore: codes,
    reason: reason.default("planned switchover"),
  }),
  z.strictObject({
    kind: z.literal("failback"),
    ignore: codes,
    reason: reason.default("return to the home region"),
  }),
  z.strictObject({
    kind: z.literal("failover"),
    to: z.enum(["east", "west"]),
    confirmation: z.string().max(300),
    reason,
  }),
]);
export type RunOrderRequest = z.infer<typeof runOrderSchema>;

/** `POST /v1/runs/:id/control` */
export const runControlSchema = z.strictObject({
  action: z.enum(["pause", "resume", "cancel", "skip", "approve", "ungraceful"]),
  reason: reason.optional(),
});
export type RunControlRequest = z.infer<typeof runControlSchema>;

/** `PUT /v1/automation` */
export const automationRequestSchema = z.strictObject({
  enabled: z.boolean(),
  reason,
  /** Off for at most this long, then on again by itself. */
  minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .optional(),
});
export type AutomationRequest = z.infer<typeof automationRequestSchema>;

/** `POST /v1/salvage/:name/discard` */
export const discardSchema = z.strictObject({ reason });
