import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type Coverage, newCoverage } from "./coverage.ts";
import type { Violation } from "./observer.ts";

/** What a long run has reached; each start goes on from there. */
export interface LongRunState {
  readonly nextSeed: number;
  readonly seeds: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly acknowledged: number;
  readonly faults: number;
  readonly failures: readonly { readonly seed: number; readonly violation: Violation }[];
  readonly coverage: Coverage;
}

/** Seeds of a long run begin here, beyond those of any test. */
const firstSeed = 1_000_001;

export function readState(file: string): LongRunState {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as LongRunState;
  return {
    nextSeed: firstSeed,
    seeds: 0,
    events: 0,
    simulatedMs: 0,
    acknowledged: 0,
    faults: 0,
    failures: [],
    coverage: newCoverage(),
  };
}

/** Written beside and renamed, so that a kill leaves the old state or the new one. */
export function writeState(file: string, state: LongRunState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 1));
  renameSync(`${file}.new`, file);
}
