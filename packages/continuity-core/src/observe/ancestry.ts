import { reaches } from "../lsn.ts";
import type { HistoryRecord } from "../store/index.ts";
import type { LocalPostgres } from "./observation.ts";

/** Whether a directory can follow the current primary as it is. */
export type Ancestry =
  /** It holds nothing that the primary lacks. */
  | "ancestor"
  /** It wrote on after its successor forked off: a tail that exists nowhere else. */
  | "diverged"
  /** Not known, so treated like diverged: quarantined before anything is rewound. */
  | "unknown"
  /** There is nothing to follow with: clone. */
  | "unusable";

/**
 * A standby's directory follows by itself. One that was primary follows only if the term that it wrote last ended where its log
 * ends: the successor had everything. Later terms forked off later, so only the end of that term matters.
 */
export function ancestryOf(
  local: LocalPostgres,
  history: readonly HistoryRecord[],
  currentTerm: number,
): Ancestry {
  if (local.directory === "empty") return "unusable";
  if (local.directory === "damaged") return "unknown";
  if (local.directory === "standby") return "ancestor";
  if (local.newestTerm === null || local.endLsn === null) return "unknown";
  // Its newest row came to it from another primary of the same term: it was demoted and followed since.
  const ended = history.find((each) => each.term === local.newestTerm);
  if (ended === undefined) return local.newestTerm >= currentTerm ? "diverged" : "unknown";
  if (ended.successorLsn === null) return "unknown";
  return reaches(ended.successorLsn, local.endLsn) ? "ancestor" : "diverged";
}
