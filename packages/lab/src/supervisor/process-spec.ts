import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";
import { places } from "../layout/index.ts";

/** How the supervisor knows that a process does its work. */
export const probeSchema = z.discriminatedUnion("kind", [
  /** The port accepts connections. */
  z.strictObject({ kind: z.literal("port"), port: z.number().int() }),
  /** A socket file accepts connections. */
  z.strictObject({ kind: z.literal("socket"), path: z.string() }),
  /** The address answers 200 over TLS 1.3. */
  z.strictObject({ kind: z.literal("https"), url: z.url(), tls: tlsFilesSchema }),
  /** A task: it is done when it has ended with 0. */
  z.strictObject({ kind: z.literal("exit") }),
]);
export type Probe = z.infer<typeof probeSchema>;

export const processSpecSchema = z.strictObject({
  /** `<process>.<site>`, or the process alone where there is one only. */
  name: z.string(),
  place: z.enum(places),
  /** Waves start one after another and stop in the opposite order. */
  wave: z.number().int().min(0),
  command: z.string(),
  args: z.array(z.string()),
  /** Run to its end before each start; while it fails the process does not start. */
  before: z.array(z.string()).nullable(),
  env: z.record(z.string(), z.string()),
  cwd: z.string(),
  /** Further folders that it needs, made and given to its user before it starts. */
  dirs: z.array(z.string()),
  /** Scheduling priority as `nice` counts it; below 0 only where the supervisor is root. */
  nice: z.number().int().min(-20).max(19),
  ready: probeSchema,
  readyWithinMs: z.number().positive(),
  /** After this long the ordered stop becomes SIGKILL. */
  stopWithinMs: z.number().positive(),
});
export type ProcessSpec = z.infer<typeof processSpecSchema>;

export const supervisorConfigSchema = z.strictObject({
  stateDir: z.string(),
  logDir: z.string(),
  controlSocket: z.string(),
  wanSocket: z.string(),
  /** Held while the supervisor lives, so that there is one per lab. */
  lockPort: z.number().int(),
  owner: z.strictObject({ uid: z.number().int(), gid: z.number().int() }).nullable(),
  siteDirs: z.record(z.enum(places), z.string()),
  clockFiles: z.record(z.enum(places), z.string()),
  skewableClocks: z.boolean(),
  regionDiskMiB: z.number().nullable(),
  processes: z.array(processSpecSchema),
});
export type SupervisorConfig = z.infer<typeof supervisorConfigSchema>;
