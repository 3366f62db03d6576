import { z } from "zod";
import { places } from "../layout/index.ts";

/** `incomplete`: a process was not ready in time, so the waves after it were not started. */
export const labPhaseSchema = z.enum(["starting", "running", "incomplete", "stopping"]);
export type LabPhase = z.infer<typeof labPhaseSchema>;

export const processStatusSchema = z.strictObject({
  name: z.string(),
  place: z.enum(places),
  wave: z.number().int(),
  state: z.enum(["waiting", "starting", "running", "pausing", "held", "stopped", "done", "failed"]),
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  lastExit: z.string().nullable(),
  uptimeMs: z.number(),
  memoryBytes: z.number().nullable(),
});
export type ProcessStatus = z.infer<typeof processStatusSchema>;

export const labStatusSchema = z.strictObject({
  phase: labPhaseSchema,
  failure: z.string().nullable(),
  readyAfterMs: z.number().nullable(),
  uptimeMs: z.number(),
  processes: z.array(processStatusSchema),
});
export type LabStatus = z.infer<typeof labStatusSchema>;
