import {
  type Ancestry,
  ancestryOf,
  type LocalPostgres,
  type Observation,
} from "../observe/index.ts";
import {
  type MayApprove,
  mayApprove,
  type RunRecord,
  type StepRecord,
  whyNotApproved,
  whySuperseded,
} from "../runs/index.ts";
import type { HistoryRecord, StoreRecord, TermRecord } from "../store/index.ts";

/** The safety sentences of "Procedures are runs", one function each; the simulator breaks them one at a time. */
export interface ProcedureRules {
  ancestry(local: LocalPostgres, history: readonly HistoryRecord[], term: number): Ancestry;
  /** "No committed data is destroyed by rejoin before it has been quarantined and reported." */
  mustQuarantine(local: LocalPostgres, history: readonly HistoryRecord[], term: number): boolean;
  mayDestroy(local: LocalPostgres, ancestry: Ancestry): boolean;
  isUpstreamReady(local: LocalPostgres): boolean;
  /** "The global kill switch, read before every destructive step" of a run that no person ordered. */
  isSwitchedOff(run: RunRecord, step: StepRecord, o: Observation): boolean;
  /** "A delayed executor applies an old plan later": a run is over when its term or store is. */
  whySuperseded(run: RunRecord, store: StoreRecord, term: TermRecord): string | null;
  /** A step begun by an earlier life of this controller is begun again, under a new attempt. */
  mustBeginAgain(begunBy: string, controller: string): boolean;
  /** "What waits for people costs no attempt and no budget": whom a step waits for; null when for nobody. */
  waitsForPeople(run: RunRecord, step: StepRecord): string | null;
  /** "By two people other than whoever ordered it." */
  mayApprove: MayApprove;
}

/** The rules as designed. Nothing but the simulator's test build ever passes others. */
export const procedureRules: ProcedureRules = {
  ancestry: ancestryOf,
  mustQuarantine(local, history, term) {
    const ancestry = ancestryOf(local, history, term);
    return ancestry === "diverged" || ancestry === "unknown";
  },
  mayDestroy: (local, ancestry) =>
    ancestry === "ancestor" || ancestry === "unusable" || (local.isQuarantined && local.isReported),
  isUpstreamReady: (local) => local.isUpstreamReady,
  isSwitchedOff(run, step, o) {
    const isEnabled = o.quorum.automation?.record?.enabled ?? true;
    return !isEnabled && step.definition.destructive && run.orderedBy === null;
  },
  whySuperseded,
  mustBeginAgain: (begunBy, controller) => begunBy !== controller,
  waitsForPeople(run, step) {
    return whyNotApproved(run, step, this.mayApprove);
  },
  mayApprove,
};
