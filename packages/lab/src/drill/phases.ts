import type { TermHistory } from "./operator-client.ts";

/** Where the time went, in milliseconds; null where the run had no such phase. Their sum is the time until the last client was served. */
export interface Phases {
  readonly detectMs: number | null;
  readonly decideMs: number | null;
  readonly fenceMs: number | null;
  readonly promoteMs: number | null;
  readonly routeMs: number | null;
  readonly verifyMs: number | null;
}

/** Instants in this process's monotonic milliseconds. */
export interface PhaseMarks {
  /** First signal of the fault, or the operator's request. */
  readonly faultAtMs: number;
  readonly lapsedAtMs: number | null;
  readonly decidedAtMs: number | null;
  readonly wonAtMs: number | null;
  readonly servingAtMs: number | null;
  /** First acknowledgement of the new term that any client received through the front door. */
  readonly firstAckAtMs: number | null;
  /** When the last client had received its first one. */
  readonly allServedAtMs: number | null;
}

export const noPhases: Phases = {
  detectMs: null,
  decideMs: null,
  fenceMs: null,
  promoteMs: null,
  routeMs: null,
  verifyMs: null,
};

/**
 * Splits an outage. `detect`: until both sources of the old permit had lapsed, as the new primary saw them. `decide`: until it decided to
 * take over (a switchover: until the drain was over). `fence`: until its transaction had won, after which the old term can be
 * renewed no more. `promote`: until it gave its first permit. `route`: until the first client was acknowledged by it, through the front
 * door. `verify`: until every client was. A mark that a run lacks, or that lies before an earlier one, gives its phase nothing.
 */
export function phasesOf(marks: PhaseMarks): Phases {
  const steps = [
    marks.lapsedAtMs,
    marks.decidedAtMs,
    marks.wonAtMs,
    marks.servingAtMs,
    marks.firstAckAtMs,
    marks.allServedAtMs,
  ];
  let before = marks.faultAtMs;
  const lengths = steps.map((mark) => {
    if (mark === null) return 0;
    const length = Math.max(0, mark - before);
    before = Math.max(before, mark);
    return Math.round(length);
  });
  const [detectMs = 0, decideMs = 0, fenceMs = 0, promoteMs = 0, routeMs = 0, verifyMs = 0] =
    lengths;
  return { detectMs, decideMs, fenceMs, promoteMs, routeMs, verifyMs };
}

/**
 * The marks of a term. The controllers stamp theirs with the wall clock; all processes of a lab read the same one, and
 * `toMonotonic` moves them onto this process's monotonic clock with the offset of the two, read once per call. A
 * region whose clock the lab has skewed stamps what it believes, so a drill that skews clocks shows no phases.
 */
export function marksOf(
  history: TermHistory,
  faultAtMs: number,
  served: { readonly firstAckAtMs: number | null; readonly allServedAtMs: number | null },
  toMonotonic: (wall: string) => number,
): PhaseMarks {
  const { lapsedAt, decidedAt, wonAt, servingAt } = history.phases;
  const at = (wall: string | null | undefined): number | null =>
    wall === null || wall === undefined ? null : toMonotonic(wall);
  return {
    faultAtMs,
    lapsedAtMs: at(lapsedAt),
    decidedAtMs: at(decidedAt),
    wonAtMs: at(wonAt),
    servingAtMs: at(servingAt),
    ...served,
  };
}
