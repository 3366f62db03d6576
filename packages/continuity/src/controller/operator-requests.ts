import { drillRecordSchema, readinessCodes } from "@careline/continuity-core";
import { z } from "zod";

const reason = z.string().trim().min(1).max(500);
const codes = z.array(z.enum(readinessCodes)).max(readinessCodes.length).default([]);

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
    confirmation: z.string().max(500),
    reason,
  }),
]);
export type RunOrderRequest = z.infer<typeof runOrderSchema>;

/** `POST /v1/runs/:id/control` */
export const runControlSchema = z.strictObject({
  action: z.enum(["pause", "resume", "cancel", "skip", "approve", "ungraceful"]),
  reason: reason.optional(),
  /** For `approve`: that of the expected loss which the approver was shown. */
  confirmation: z.string().max(500).optional(),
});
export type RunControlRequest = z.infer<typeof runControlSchema>;

/** `POST /v1/drills` */
export const drillReportSchema = drillRecordSchema.pick({
  scenario: true,
  outcome: true,
  runs: true,
});
export type DrillReport = z.infer<typeof drillReportSchema>;

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

/** `POST /v1/salvage/:name/discard`: the first person asks, the second one carries it out. */
export const discardSchema = z.strictObject({ reason });

const rowName = z.strictObject({
  table: z.string().max(200),
  key: z.record(z.string().max(63), z.string().max(2_000)),
});
const chosenRows = z.union([z.literal("all"), z.array(rowName).max(10_000)]);
const replacedRows = z.array(rowName).max(10_000).optional();

/** `POST /v1/salvage/:name/preview`. `rows`: those that the primary lacks are merged; `replace`: the copy's version is taken although it has another. */
export const salvageSelectionSchema = z.strictObject({ rows: chosenRows, replace: replacedRows });
export type SalvageSelection = z.infer<typeof salvageSelectionSchema>;

/** `POST /v1/salvage/:name/merge`: the same selection, with the confirmation of its preview. */
export const salvageMergeSchema = z.strictObject({
  rows: chosenRows,
  replace: replacedRows,
  confirmation: z.string().max(100),
  reason,
});
export type SalvageMergeRequest = z.infer<typeof salvageMergeSchema>;

/** `POST /v1/force-quorum`: what the person knows about the other region's data plane. Being unreachable is no evidence. */
export const forceQuorumSchema = z.strictObject({
  off: z.enum(["powered-off", "host-stopped", "storage-detached", "destroyed"]),
  statement: z.string().trim().min(10).max(500),
});
export type ForceQuorumRequest = z.infer<typeof forceQuorumSchema>;

/** `POST /v1/force-quorum/agreement`: another person, with own evidence. */
export const forceQuorumAgreementSchema = forceQuorumSchema.extend({
  confirmation: z.string().max(100),
});
