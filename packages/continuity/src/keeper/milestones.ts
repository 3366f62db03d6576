import type { KeeperEvent, KeeperState } from "@careline/continuity-core";

/** When a term's beginning reached each phase, in wall time for reports; null: not seen by this keeper. */
export interface Milestones {
  readonly term: number | null;
  readonly lapsedAt: string | null;
  readonly decidedAt: string | null;
  readonly wonAt: string | null;
  readonly gateAt: string | null;
  readonly promotedAt: string | null;
  readonly servingAt: string | null;
}

export const noMilestones: Milestones = {
  term: null,
  lapsedAt: null,
  decidedAt: null,
  wonAt: null,
  gateAt: null,
  promotedAt: null,
  servingAt: null,
};

/** Notes what one step reached. A decision starts anew; the lapse before it is kept. */
export function noteMilestones(
  known: Milestones,
  before: KeeperState,
  after: KeeperState,
  event: KeeperEvent,
  at: string,
): Milestones {
  let next = known;
  const reported = after.lapseReported !== before.lapseReported;
  if (reported) next = { ...noMilestones, lapsedAt: at };
  if (before.phase.kind === after.phase.kind) return notePromotion(next, event, at);
  const { kind } = after.phase;
  const term = after.view?.term.record?.term ?? null;
  if (kind === "deciding") return { ...noMilestones, lapsedAt: next.lapsedAt, decidedAt: at };
  if (kind === "waiting-gate") return { ...next, term, wonAt: at };
  if (kind === "recording-term") return { ...next, promotedAt: at };
  return kind === "serving" ? { ...next, term, servingAt: at } : next;
}

function notePromotion(known: Milestones, event: KeeperEvent, at: string): Milestones {
  return event.kind === "promoted" ? { ...known, promotedAt: at } : known;
}
