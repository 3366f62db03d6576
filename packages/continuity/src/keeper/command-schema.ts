import { type KeeperCommand, lsnPattern } from "@careline/continuity-core";
import { z } from "zod";

const orderSchema = z.strictObject({
  claim: z.string().min(1),
  run: z.string().nullable(),
  cause: z.enum(["failover", "forced", "switchover", "force-quorum"]),
  evidence: z.array(z.string()).max(50),
  force: z.boolean(),
  withinRpo: z.boolean(),
  mustReach: z.string().regex(lsnPattern).nullable(),
  acceptGeoLoss: z.boolean(),
  at: z.iso.datetime(),
});

/** Body of `POST /v1/commands`, from this site's controller. */
export const keeperCommandSchema: z.ZodType<KeeperCommand> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("start-standby") }),
  z.strictObject({ kind: z.literal("stop-standby") }),
  z.strictObject({ kind: z.literal("start-primary") }),
  z.strictObject({ kind: z.literal("take-over"), order: orderSchema }),
  z.strictObject({ kind: z.literal("drain") }),
  z.strictObject({ kind: z.literal("release") }),
  z.strictObject({ kind: z.literal("take-back") }),
  z.strictObject({ kind: z.literal("revoke-geo") }),
  z.strictObject({ kind: z.literal("announce-geo"), generation: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal("suspend-writes"), suspended: z.boolean() }),
  z.strictObject({ kind: z.literal("accept-unprotected"), accept: z.boolean() }),
]);

export const permitQuestionSchema = z.strictObject({
  portal: z.uuid(),
  question: z.number().int().nonnegative(),
  seenChange: z.number().int().nonnegative(),
});

export const promiseQuestionSchema = z.strictObject({
  question: z.number().int().nonnegative(),
  storeId: z.uuid(),
  term: z.number().int().positive(),
  askerBootId: z.string().min(1).max(64),
});

export const promiseAnswerSchema = z.object({
  question: z.number().int(),
  term: z.number().int(),
  askerBootId: z.string(),
  promiserBootId: z.string(),
  granted: z.boolean(),
  validityMs: z.number().positive().optional(),
  reason: z.string().optional(),
});
