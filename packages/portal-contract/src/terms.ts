import { z } from "zod";
import { siteSchema } from "./roles.ts";
import { instantSchema } from "./shapes.ts";

export const termSchema = z.strictObject({
  term: z.int(),
  site: siteSchema,
  /** LSN at which the term began: a write `t/lsn` survived if lsn ≤ the start of t+1. */
  startLsn: z.string(),
  beganAt: instantSchema,
});
export type Term = z.infer<typeof termSchema>;
