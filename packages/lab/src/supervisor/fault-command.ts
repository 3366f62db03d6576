import { z } from "zod";
import { regions, sites } from "../layout/index.ts";

const region = z.enum(regions);
const site = z.enum(sites);

/** What can be done to the processes of a running lab. */
export const faultCommandSchema = z.discriminatedUnion("kind", [
  /** SIGKILL. The supervisor starts it again unless `staysDown`. */
  z.strictObject({
    kind: z.literal("kill-process"),
    process: z.string(),
    staysDown: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("stop-process"), process: z.string() }),
  z.strictObject({ kind: z.literal("continue-process"), process: z.string() }),
  z.strictObject({ kind: z.literal("heal-process"), process: z.string() }),
  /** SIGKILL to everything of a site, PostgreSQL's children included; it stays down until healed. */
  z.strictObject({ kind: z.literal("kill-site"), site }),
  z.strictObject({ kind: z.literal("stop-site"), site }),
  z.strictObject({ kind: z.literal("continue-site"), site }),
  z.strictObject({ kind: z.literal("heal-site"), site }),
  z.strictObject({ kind: z.literal("fill-disk"), region, leaveBytes: z.number().int().min(0) }),
  z.strictObject({ kind: z.literal("free-disk"), region }),
  /** 0 takes the skew away. */
  z.strictObject({ kind: z.literal("skew-clock"), region, offsetSeconds: z.number().int() }),
  /** Ends every fault of this list, everywhere. */
  z.strictObject({ kind: z.literal("heal-all") }),
]);
export type FaultCommand = z.infer<typeof faultCommandSchema>;

/** Times are this machine's wall clock, with milliseconds. */
export const faultReportSchema = z.strictObject({
  kind: z.string(),
  /** Just before the first signal (or write) of the fault. */
  beganAt: z.iso.datetime(),
  /** When the effect had been seen in full. */
  effectiveAt: z.iso.datetime(),
  /** What was reached: process numbers. */
  pids: z.array(z.number().int()),
  /** What was looked at to know that it took effect, in one sentence. */
  evidence: z.string(),
});
export type FaultReport = z.infer<typeof faultReportSchema>;
