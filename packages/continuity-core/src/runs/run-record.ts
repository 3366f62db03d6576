import { z } from "zod";
import { lsnPattern } from "../lsn.ts";
import { dataSiteSchema, siteSchema } from "../store/index.ts";

/** `runs/<id>`: the journal of a run. The reducer is the only writer of its meaning; texts ending in `At` are for people. */

const at = z.iso.datetime();

export const approverRoles = ["operator", "approver"] as const;

/** The loss that was shown to whoever approved, compared with the truth afterwards. Counts and durations only. */
export const lossSchema = z.strictObject({
  seconds: z.number().nonnegative().nullable(),
  rows: z.number().int().nonnegative().nullable(),
  openCalls: z.number().int().nonnegative().nullable(),
});
export type Loss = z.infer<typeof lossSchema>;

export const approvalSchema = z.strictObject({
  step: z.string(),
  role: z.enum(approverRoles),
  by: z.string().min(1),
  shown: lossSchema.nullable(),
  at,
});
export type Approval = z.infer<typeof approvalSchema>;

export const stepDefinitionSchema = z.strictObject({
  /** Unique in the run; names what is true afterwards. */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Which check and which action: a key of `ensures`, or of the drivers of a protected system. */
  ensure: z.string(),
  /** Whose controller carries it out. */
  site: siteSchema,
  budgetMs: z.number().int().positive(),
  attemptsMax: z.number().int().min(1).max(20),
  /** What undoes it when the run is cancelled; null: it cannot be undone. */
  undo: z.string().nullable(),
  /** People who must agree first; two entries mean two different people. */
  approvals: z.array(z.enum(approverRoles)).max(2),
  /** Skipped when the run became ungraceful (there is nobody to be graceful with). */
  gracefulOnly: z.boolean(),
  /** Read the kill switch before it, unless a person ordered the run. */
  destructive: z.boolean(),
  /** Whether an operator may skip it, giving a reason. */
  skippable: z.boolean(),
});
export type StepDefinition = z.infer<typeof stepDefinitionSchema>;

export const stepStateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pending") }),
  z.strictObject({ kind: z.literal("running"), by: z.string(), since: at }),
  z.strictObject({ kind: z.literal("done"), evidence: z.array(z.string()), tookMs: z.number() }),
  z.strictObject({ kind: z.literal("skipped"), by: z.string(), reason: z.string() }),
  z.strictObject({ kind: z.literal("failed"), why: z.string() }),
  z.strictObject({ kind: z.literal("undone") }),
]);
export type StepState = z.infer<typeof stepStateSchema>;

export const stepRecordSchema = z.strictObject({
  definition: stepDefinitionSchema,
  /** Attempts begun so far, over all controllers that ever claimed the run. */
  attempt: z.number().int().nonnegative(),
  state: stepStateSchema,
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

export const runKinds = ["failover", "switchover", "failback", "rejoin", "plan"] as const;
export type RunKind = (typeof runKinds)[number];

export const runStateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("running") }),
  z.strictObject({ kind: z.literal("paused"), by: z.string() }),
  /** Cancelled or failed while something can be undone: steps with `undo` are undone, last first. */
  z.strictObject({
    kind: z.literal("undoing"),
    why: z.string(),
    ends: z.enum(["cancelled", "failed"]),
  }),
  z.strictObject({ kind: z.literal("completed"), at }),
  z.strictObject({ kind: z.literal("cancelled"), why: z.string(), at }),
  z.strictObject({ kind: z.literal("failed"), why: z.string(), at }),
  /** A newer term or store made it pointless; nothing of it may be applied any more. */
  z.strictObject({ kind: z.literal("superseded"), why: z.string(), at }),
]);
export type RunState = z.infer<typeof runStateSchema>;

export const runRecordSchema = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(runKinds),
  /** For `plan`: which plan, at which version. */
  plan: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  storeId: z.uuid(),
  storeGeneration: z.number().int().positive(),
  /** The term in which it began; a take-over of its own moves it to `endsInTerm`. */
  term: z.number().int().positive(),
  endsInTerm: z.number().int().positive(),
  /** The region that gives up, or that returns; and the one that takes over, or that is followed. */
  from: dataSiteSchema,
  to: dataSiteSchema,
  /** Null: decided by the controllers themselves. */
  orderedBy: z.string().nullable(),
  reason: z.string(),
  force: z.boolean(),
  acceptGeoLoss: z.boolean(),
  /** What was shown to whoever ordered it; absent: nobody had to be shown a loss. */
  shown: lossSchema.nullable().optional(),
  withinRpo: z.boolean(),
  /** Readiness faults that the operator named to be ignored. */
  ignored: z.array(z.string()),
  isGraceful: z.boolean(),
  /** The run that carries out every external write, with its claim: (store, term, run, attempt). */
  claim: z.strictObject({ controller: z.string(), number: z.number().int().nonnegative() }),
  state: runStateSchema,
  steps: z.array(stepRecordSchema).min(1).max(40),
  approvals: z.array(approvalSchema).max(40),
  /** Filled by the release: the end of the old primary's log; null when it did not stop cleanly. */
  finalLsn: z.string().regex(lsnPattern).nullable(),
  /** A rejoin of a standby that its upstream can no longer serve: the data id that has to be replaced. */
  stuckDataId: z.string().nullable(),
  createdAt: at,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Whether anything remains to be done. */
export function isOpen(run: RunRecord): boolean {
  const { kind } = run.state;
  return kind === "running" || kind === "paused" || kind === "undoing";
}

/** The step that is next: the first that is neither done nor skipped. */
export function currentStep(run: RunRecord): StepRecord | null {
  for (const step of run.steps) {
    const { kind } = step.state;
    if (kind === "pending" || kind === "running" || kind === "failed") return step;
  }
  return null;
}

/** While undoing: the last step that took effect and is not undone. */
export function stepToUndo(run: RunRecord): StepRecord | null {
  for (let index = run.steps.length - 1; index >= 0; index -= 1) {
    const step = run.steps[index];
    if (step === undefined || step.definition.undo === null) continue;
    const { kind } = step.state;
    if (kind === "done" || kind === "running" || kind === "failed") return step;
  }
  return null;
}
