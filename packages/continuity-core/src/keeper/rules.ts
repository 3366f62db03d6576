import { reaches } from "../lsn.ts";
import type { Parameters } from "../parameters.ts";
import {
  forceTakeOver,
  type LeaseRecord,
  otherSite,
  type QuorumView,
  type StoreRecord,
  type SyncRecord,
  type TakeOverRecords,
  type Txn,
  takeOver,
  type Versioned,
  writeLease,
} from "../store/index.ts";
import type { PromiseQuestion, PromiseRefusal, StandbyPosition, TakeOverOrder } from "./events.ts";
import type { KeeperState } from "./state.ts";

/**
 * The safety sentences of continuity.md ("Time, and the two sources of a permit", "Fencing", "Durability"), one function
 * each. The keeper asks them and never repeats them, so the simulator can break one at a time and must notice.
 */
export interface KeeperRules {
  /** "The holder counts from before it sent." */
  holderCountsFrom(sentAtMs: number, answeredAtMs: number): number;
  /** "The holder uses the smaller of both plans." */
  promiseWorthMs(parameters: Parameters, validityMs: number): number;
  /** "The observer uses the larger", plus the guard. */
  leaseWaitMs(parameters: Parameters, validityMs: number): number;
  promiseWaitMs(parameters: Parameters): number;
  /** "A won txn is not a permit": the lease counts for portals once this keeper has itself renewed it in this term. */
  startsPermit(state: KeeperState): boolean;
  /** "Only a promise for a term in which it has itself, since its start, renewed the lease." */
  mayUsePromise(state: KeeperState): boolean;
  /** "A restart forgets the permit: it reads nothing into a lease that it finds." */
  trustsFoundLease(view: QuorumView): boolean;
  /** "Refused: …" — null grants. */
  refusePromise(state: KeeperState, question: PromiseQuestion): PromiseRefusal | null;
  /** "At start it is now." */
  lastPromiseAtStart(nowMs: number): number;
  /** "Check, lastPromise = now and answer are one step"; it survives terms. */
  lastPromiseAfterTerm(state: KeeperState): number;
  /** "The standby may decide when both have lapsed." */
  lapsesAtMs(state: KeeperState): number;
  /** "Terms compare as (store generation, term)": whether what another life of the store says counts. */
  isNewerStore(known: StoreRecord | null, seen: StoreRecord | null): boolean;
  /** What the store's watch tells counts only for the lease that was read, and only when it is newer than all that was. */
  countsHeard(known: QuorumView, heard: Versioned<LeaseRecord>): boolean;
  /** "A new revision restarts the observer's wait." */
  leaseSeenAt(state: KeeperState, next: QuorumView, nowMs: number): number;
  /** "Only a release lets the other side skip the waits." */
  releaseSkipsWaits(view: QuorumView): boolean;
  /** "A time-out proves nothing": the latch opens only when the decision's comparisons can never hold again. */
  canStillWin(order: TakeOverOrder, decided: QuorumView, now: QuorumView): boolean;
  /** The gate, "evaluated when the permit is given, whoever sent the txn". */
  gateOpensAtMs(state: KeeperState): number;
  /** What a promotion needs to find on the standby; null when it may go on. */
  whyNotPromotable(
    position: StandbyPosition,
    sync: SyncRecord | null,
    order: TakeOverOrder,
  ): string | null;
  /** "Every portal confirms, or its deadline + guard passes; a keeper that restarted waits max(P, Q) + guard first." */
  revocationCompleteAtMs(state: KeeperState, change: number, until: "permit" | "geo"): number;
  /** "An answer changes state only for the attempt that still waits for it." */
  stillWaitsFor(open: number | null, answered: number): boolean;
  /** "The keeper stops PostgreSQL at once when the deadline passes." */
  mustFence(state: KeeperState, deadlineMs: number, nowMs: number): boolean;
  /** "Drop the permit if wall and monotonic clocks disagree by more than the guard"; asked only when they do. */
  distrustsClock(state: KeeperState, byMs: number): boolean;
  /** "Another boot id seen there means: promise nothing, take nothing." */
  isUsurped(state: KeeperState, bootId: string): boolean;
  /** "When the controller is silent for 10 s the keeper stops renewing." */
  mayRenew(state: KeeperState, nowMs: number): boolean;
  renewTxn(view: QuorumView, lease: LeaseRecord): Txn;
  takeOverTxn(order: TakeOverOrder, view: QuorumView, next: TakeOverRecords): Txn;
}

function refusePromise(state: KeeperState, question: PromiseQuestion): PromiseRefusal | null {
  const view = state.view;
  if (state.phase.kind === "halted") return "halted";
  if (state.phase.kind === "deciding") return "deciding";
  if (view === null || view.term.record === null || !state.siteClaimed) return "no-quorum-read-yet";
  if (view.store.record?.id !== question.storeId) return "another-store";
  if (question.term > view.term.record.term) return "unknown-term";
  if (question.term < view.term.record.term) return "stale-term";
  if (view.term.record.primary === state.site) return "not-standby";
  if (view.lease.record?.kind === "released") return "released";
  return null;
}

function lapsesAtMs(state: KeeperState, rules: KeeperRules): number {
  const lease = state.view?.lease.record;
  if (!lease) return Number.POSITIVE_INFINITY;
  const leaseLapses = state.leaseSeenAtMs + rules.leaseWaitMs(state.parameters, lease.validityMs);
  const promiseLapses = state.lastPromiseMs + rules.promiseWaitMs(state.parameters);
  return Math.max(leaseLapses, promiseLapses);
}

function gateOpensAtMs(state: KeeperState, rules: KeeperRules): number {
  const term = state.view?.term.record;
  if (!term) return Number.POSITIVE_INFINITY;
  if (state.gateWaivedTerm === term.term) return state.termSeenAtMs;
  const promiseOver = state.lastPromiseMs + rules.promiseWaitMs(state.parameters);
  const isForced = term.cause === "forced" || term.cause === "force-quorum";
  if (!isForced) return promiseOver;
  const leaseOver =
    state.termSeenAtMs + rules.leaseWaitMs(state.parameters, state.predecessorValidityMs);
  return Math.max(promiseOver, leaseOver);
}

function whyNotPromotable(
  position: StandbyPosition,
  sync: SyncRecord | null,
  order: TakeOverOrder,
): string | null {
  if (order.mustReach !== null && !reaches(position.flushedLsn, order.mustReach))
    return "the standby lacks the end of the primary's log";
  if (order.acceptGeoLoss && order.force) return null;
  if (sync === null || sync.standbyDataId === null)
    return "no standby is recorded: unknown state means no";
  if (sync.standbyDataId !== position.dataId) return "this is not the data that was recorded";
  if (sync.timeline !== position.timeline) return "the standby is on another timeline";
  if (sync.geoFloor !== null && !reaches(position.flushedLsn, sync.geoFloor))
    return "the standby lacks writes that were acknowledged as geo durable";
  const isAllowed =
    sync.safeToPromote || order.withinRpo || order.force || order.mustReach !== null;
  return isAllowed ? null : "the standby is not recorded as safe to promote";
}

function revocationCompleteAtMs(
  state: KeeperState,
  change: number,
  until: "permit" | "geo",
): number {
  const { promiseMs, leaseMs, guardMs } = state.parameters;
  let completeAt = state.startedAtMs + Math.max(promiseMs, leaseMs) + guardMs;
  for (const portal of state.portals.values()) {
    if (portal.seenChange >= change) continue;
    const end = until === "geo" ? portal.geoUntilMs : portal.permitUntilMs;
    completeAt = Math.max(completeAt, end + guardMs);
  }
  return completeAt;
}

/** The revision of the newest record of a view. */
export const newestRevision = (view: QuorumView): number =>
  Math.max(view.store.revision, view.term.revision, view.lease.revision, view.sync.revision);

const hasRenewed = (state: KeeperState): boolean =>
  state.renewedTerm !== null && state.renewedTerm === state.view?.term.record?.term;

const isPrimaryProcess = (state: KeeperState): boolean =>
  state.postgres === "primary" || state.postgres === "starting-primary";

/** The rules as designed. Nothing but the simulator's test build ever passes others. */
export const keeperRules: KeeperRules = {
  holderCountsFrom: (sentAtMs) => sentAtMs,
  promiseWorthMs: (parameters, validityMs) => Math.min(parameters.promiseMs, validityMs),
  leaseWaitMs: (parameters, validityMs) =>
    Math.max(parameters.leaseMs, validityMs) + parameters.guardMs,
  promiseWaitMs: (parameters) => parameters.promiseMs + parameters.guardMs,
  startsPermit: hasRenewed,
  mayUsePromise: hasRenewed,
  trustsFoundLease: () => false,
  refusePromise,
  lastPromiseAtStart: (nowMs) => nowMs,
  lastPromiseAfterTerm: (state) => state.lastPromiseMs,
  lapsesAtMs(state) {
    return lapsesAtMs(state, this);
  },
  leaseSeenAt: (state, next, nowMs) =>
    state.view?.lease.revision === next.lease.revision ? state.leaseSeenAtMs : nowMs,
  countsHeard(known, heard) {
    const held = known.lease.record;
    const isOfLease = heard.record?.bootId === held?.bootId && heard.record?.term === held?.term;
    return isOfLease && heard.revision > newestRevision(known);
  },
  isNewerStore: (known, seen) => (seen?.generation ?? 0) > (known?.generation ?? 0),
  releaseSkipsWaits: (view) =>
    view.lease.record?.kind === "released" && view.lease.record.term === view.term.record?.term,
  canStillWin(order, decided, now) {
    if (decided.store.record?.id !== now.store.record?.id) return false;
    if (decided.term.revision !== now.term.revision) return false;
    if (order.force) return true;
    return (
      decided.lease.revision === now.lease.revision && decided.sync.revision === now.sync.revision
    );
  },
  gateOpensAtMs(state) {
    return gateOpensAtMs(state, this);
  },
  whyNotPromotable,
  revocationCompleteAtMs,
  stillWaitsFor: (open, answered) => open === answered,
  mustFence: (state, deadlineMs, nowMs) => isPrimaryProcess(state) && nowMs >= deadlineMs,
  distrustsClock: () => true,
  isUsurped: (state, bootId) => state.siteClaimed && bootId !== state.bootId,
  mayRenew: (state, nowMs) =>
    nowMs - state.controllerSeenAtMs < state.parameters.controllerSilenceMs,
  renewTxn: writeLease,
  takeOverTxn: (order, view, next) =>
    order.force ? forceTakeOver(view, next) : takeOver(view, next),
};

/** The other region of a keeper's state. */
export const otherOf = (state: KeeperState): "east" | "west" => otherSite(state.site);
