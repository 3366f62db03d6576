/** How often what was seen happened: names to counts, mergeable across seeds. */
export type Counts = Record<string, number>;

export function count(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

export function mergeCounts(into: Counts, from: Counts): void {
  for (const [name, times] of Object.entries(from)) into[name] = (into[name] ?? 0) + times;
}

/** What a simulation passed through. */
export interface Coverage {
  /** `phase → phase` of keepers. */
  readonly keeper: Counts;
  /** Kinds of decisions, with their reason. */
  readonly decisions: Counts;
  /** `state → state` of runs and of their steps. */
  readonly runs: Counts;
  /** Kinds of faults that were applied. */
  readonly faults: Counts;
}

export function newCoverage(): Coverage {
  return { keeper: {}, decisions: {}, runs: {}, faults: {} };
}

export function mergeCoverage(into: Coverage, from: Coverage): void {
  mergeCounts(into.keeper, from.keeper);
  mergeCounts(into.decisions, from.decisions);
  mergeCounts(into.runs, from.runs);
  mergeCounts(into.faults, from.faults);
}
