import { z } from "zod";
import { regions } from "../layout/index.ts";

/** Configuration file of the door's guard. */
export const doorGuardConfigSchema = z.strictObject({
  /** Where it can be asked whether it runs, and for its metrics. */
  controlSocket: z.string(),
  /** HAProxy's own, level admin. */
  adminSocket: z.string(),
  /** The pool whose servers are the regions, by their names. */
  pool: z.string(),
  authorityFile: z.string(),
  regions: z.array(
    z.strictObject({
      name: z.enum(regions),
      /** Its portal as the front door reaches it. */
      url: z.url(),
    }),
  ),
});
export type DoorGuardConfig = z.infer<typeof doorGuardConfigSchema>;
