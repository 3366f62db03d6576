import type { AgentExperience } from "../agents/index.ts";
import type { Region } from "../layout/index.ts";

/** What a run collects while it goes on. Times are monotonic milliseconds. */
export interface Course {
  readonly primary: Region;
  readonly termBefore: number;
  readonly startedAt: Date;
  readonly startMs: number;
  readonly notes: { atMs: number; text: string }[];
  readonly before: readonly AgentExperience[];
  /** Runs that were in the journal before. */
  readonly knownRuns: ReadonlySet<string>;
  /** What the scenario expected and did not see. */
  readonly unmet: string[];
  /** The newest term that the scenario has waited for. */
  termSeen: number;
  faultAtMs: number;
  recoveredAtMs: number | null;
  protectedAtMs: number | null;
  problem: unknown;
}
