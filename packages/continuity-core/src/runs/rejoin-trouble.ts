import type { RunRecord } from "./run-record.ts";

/** What keeps a region from coming back, as a sentence; null while nothing does. `newestFirst`: the runs of the store. */
export function rejoinTrouble(newestFirst: readonly RunRecord[]): string | null {
  for (const run of newestFirst) {
    if (run.kind !== "rejoin") continue;
    if (run.state.kind === "completed") return null;
    const why = failureOf(run);
    // One that has only just begun again says nothing yet: what the one before it died of still holds.
    if (why !== null) return `The rejoin of ${run.from} does not get on: ${why}.`;
  }
  return null;
}

function failureOf({ state, steps }: RunRecord): string | null {
  if (state.kind === "failed") return state.why;
  for (const { definition, state: step } of steps) {
    if (step.kind === "failed") return `${definition.name}: ${step.why}`;
  }
  return null;
}
