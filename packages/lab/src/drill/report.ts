import type { AgentExperience } from "../agents/index.ts";
import type { ClientOutage, LedgerRecord, PromisesKept, Violation } from "../ledger/index.ts";
import type { Phases } from "./phases.ts";

/** One run, as scripts read it. Schema: docs/reference/drill.schema.json. */
export interface RunReport {
  readonly outageMs: number;
  readonly phases: Phases;
  readonly acknowledged: { readonly geo: number; readonly local: number };
  readonly lost: { readonly geo: number; readonly local: number };
  readonly replayed: number;
  readonly errorsSeen: number;
  /** `<rule>: <sentence>` each. */
  readonly invariantsViolated: readonly string[];
}

/** A drill, as scripts read it. */
export interface DrillReport {
  readonly scenario: string;
  readonly runs: readonly RunReport[];
  readonly median: { readonly outageMs: number | null };
  readonly max: { readonly outageMs: number | null };
}

/** What a person wants to know beyond the figures. */
export interface RunDetails {
  readonly startedAt: string;
  readonly primaryBefore: string;
  readonly primaryAfter: string | null;
  readonly termBefore: number;
  readonly termAfter: number | null;
  readonly cause: string | null;
  /** Monotonic milliseconds, all relative to the fault. */
  readonly notes: readonly { readonly atMs: number; readonly text: string }[];
  readonly protectedAgainMs: number | null;
  /** Longest pause of any client between its return and the end of the run: what healing and rejoining cost. */
  readonly laterPauseMs: number;
  readonly outages: readonly ClientOutage[];
  readonly experiences: readonly AgentExperience[];
  readonly troubleCodes: Readonly<Record<string, number>>;
  readonly promises: PromisesKept;
  readonly violations: readonly Violation[];
  /** Acknowledgements per 100 ms and site, from `timelineFromMs` relative to the fault. */
  readonly timelineFromMs: number;
  readonly timeline: readonly { readonly site: string; readonly counts: readonly number[] }[];
}

/** A run with everything that was seen. */
export interface RunResult {
  readonly report: RunReport;
  readonly details: RunDetails;
  readonly record: LedgerRecord;
}

export function drillReport(scenario: string, runs: readonly RunReport[]): DrillReport {
  const outages = runs.map((run) => run.outageMs).toSorted((a, b) => a - b);
  return {
    scenario,
    runs,
    median: { outageMs: medianOf(outages) },
    max: { outageMs: outages.at(-1) ?? null },
  };
}

/** Middle value; of an even number, the mean of the two in the middle. Null for none. */
export function medianOf(sorted: readonly number[]): number | null {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  if (upper === undefined) return null;
  const lower = sorted[half - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : Math.round((lower + upper) / 2);
}

/** Whether a script may call the drill a success. */
export function isGood(report: DrillReport): boolean {
  return report.runs.every(
    (run) => run.lost.geo + run.lost.local === 0 && run.invariantsViolated.length === 0,
  );
}
