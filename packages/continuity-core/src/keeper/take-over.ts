import {
  type HistoryRecord,
  type LeaseRecord,
  otherSite,
  type SyncRecord,
  type TakeOverRecords,
  type TermRecord,
} from "../store/index.ts";
import type { KeeperEvent, TakeOverOrder } from "./events.ts";
import { deadlineMs } from "./permit.ts";
import type { KeeperState, Phase } from "./state.ts";
import { enter, send, settle, type Turn } from "./turn.ts";

type Deciding = Extract<Phase, { kind: "deciding" }>;
type StandbyReport = Extract<KeeperEvent, { kind: "standby-position" }>;

/** Why an order to take over cannot be followed now; null when it can. Time first: no order skips it. */
export function whyNotDecide(state: KeeperState, turn: Turn, order: TakeOverOrder): string | null {
  const { view } = state;
  if (view === null || view.term.record === null || view.lease.record === null)
    return "the quorum store was not read yet";
  if (!state.siteClaimed) return "this keeper has not claimed its site yet";
  if (state.phase.kind !== "standby") return `this keeper is ${state.phase.kind}, not standby`;
  if (view.term.record.primary === state.site) return "this site is the primary already";
  if (state.postgres !== "standby") return "PostgreSQL does not run as a standby";
  if (order.force || turn.rules.releaseSkipsWaits(view)) return null;
  return turn.now >= turn.rules.lapsesAtMs(state) ? null : "the primary has not lapsed";
}

/** Latches, then looks at what the standby has before anything can win. */
export function decideTakeOver(state: KeeperState, turn: Turn, order: TakeOverOrder): KeeperState {
  if (state.view === null) return state;
  // Forced: the old primary may still acknowledge until the gate opens, so replication goes on until then.
  turn.effects.push({ kind: order.force ? "report-position" : "stop-wal-receiver" });
  const phase: Phase = {
    kind: "deciding",
    order,
    view: state.view,
    position: null,
    sent: false,
  };
  return enter(state, phase, turn);
}

/** The standby's position is known: either the txn goes out or the latch, with nothing sent, opens again. */
export function judgePosition(
  state: KeeperState,
  turn: Turn,
  phase: Deciding,
  { position, receiverStopped }: StandbyReport,
): KeeperState {
  if (phase.sent || receiverStopped === phase.order.force) return state;
  const why = turn.rules.whyNotPromotable(position, phase.view.sync.record, phase.order);
  if (why !== null) return loseTakeOver(state, turn, why);
  return sendTakeOver({ ...state, phase: { ...phase, position, sent: true } }, turn);
}

/** Sends the decision, or repeats it with the comparisons of the decision. */
export function sendTakeOver(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "deciding" || !phase.sent || state.openTxn !== null) return state;
  const next = takeOverRecords(state, phase);
  const txn = turn.rules.takeOverTxn(phase.order, phase.view, next);
  return send(state, turn, phase.order.force ? "force-take-over" : "take-over", txn);
}

function takeOverRecords(state: KeeperState, phase: Deciding): TakeOverRecords {
  const { order, view, position } = phase;
  const previous = view.term.record;
  const previousTerm = previous?.term ?? 0;
  const forkLsn = order.force ? null : (position?.flushedLsn ?? null);
  const term: TermRecord = {
    term: previousTerm + 1,
    primary: state.site,
    cause: order.cause,
    run: order.run,
    claim: order.claim,
    evidence: [...order.evidence],
    timeline: order.force ? null : (position?.timeline ?? null),
    startLsn: forkLsn,
    startedAt: order.at,
  };
  const history: HistoryRecord = {
    term: previousTerm,
    primary: previous?.primary ?? otherSite(state.site),
    endedBy: order.cause,
    successor: state.site,
    run: order.run,
    successorLsn: forkLsn,
    endedAt: order.at,
  };
  const sync = nobodySafe(term, forkLsn ?? view.sync.record?.geoFloor ?? null);
  return { term, lease: heldLease(state, term.term, 1), sync, history };
}

/** A lease held by this keeper. */
export function heldLease(state: KeeperState, term: number, counter: number): LeaseRecord {
  return {
    kind: "held",
    site: state.site,
    term,
    bootId: state.bootId,
    counter,
    validityMs: state.parameters.leaseMs,
    finalLsn: null,
  };
}

/** A new term begins asynchronous and nobody is safe; all that was called `geo` before lies below its fork. */
function nobodySafe(term: TermRecord, geoFloor: SyncRecord["geoFloor"]): SyncRecord {
  return {
    term: term.term,
    mode: "async",
    standbyDataId: null,
    timeline: null,
    safeToPromote: false,
    geoFloor,
    unprotectedSince: term.startedAt,
  };
}

/** The txn won, by its own answer or by what the store holds. The permit still waits at the gate. */
export function winTakeOver(state: KeeperState, turn: Turn): KeeperState {
  const { phase, view } = state;
  if (phase.kind !== "deciding" || view === null) return state;
  const term = view.term.record?.term ?? null;
  const isWaived = !phase.order.force && turn.rules.releaseSkipsWaits(phase.view);
  const next: KeeperState = {
    ...state,
    openTxn: null,
    gateWaivedTerm: isWaived ? term : null,
    renewedTerm: null,
    leaseUntilMs: Number.NEGATIVE_INFINITY,
    promiseUntilMs: Number.NEGATIVE_INFINITY,
    nextRoundAtMs: turn.now,
  };
  return enter(next, { kind: "waiting-gate", order: phase.order, step: "waiting" }, turn);
}

/** Nothing that was sent can win any more, or nothing was sent: follow again. */
export function loseTakeOver(state: KeeperState, turn: Turn, why: string): KeeperState {
  const { phase } = state;
  if (phase.kind !== "deciding") return state;
  if (!phase.order.force) turn.effects.push({ kind: "start-wal-receiver" });
  const next = settle(state, turn, "take-over", { kind: "refused", why });
  const follows: Phase = { kind: "standby" };
  return enter({ ...next, openTxn: null }, follows, turn);
}

/** Promotion, once everything that the old primary may hold is over on this clock, and only under a live lease. */
export function passGate(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "waiting-gate" || phase.step !== "waiting") return state;
  if (turn.now < turn.rules.gateOpensAtMs(state)) return state;
  if (turn.now >= deadlineMs(state, turn.rules)) return state;
  if (state.postgres !== "standby") return startInstead(state, turn);
  if (phase.order.force) {
    turn.effects.push({ kind: "stop-wal-receiver" });
    return { ...state, phase: { ...phase, step: "stopping-receiver" } };
  }
  return promote(state, turn);
}

/** Asks for the promotion that the gate has admitted. */
export function promote(state: KeeperState, turn: Turn): KeeperState {
  const { phase, view } = state;
  if (phase.kind !== "waiting-gate") return state;
  turn.effects.push({ kind: "promote-postgres", term: view?.term.record?.term ?? 0 });
  return { ...state, postgres: "starting-primary", phase: { ...phase, step: "promoting" } };
}

/** The standby died since the decision: it is started from its directory and promoted, as in any start for a held term. */
function startInstead(state: KeeperState, turn: Turn): KeeperState {
  return enter(state, { kind: "resuming" }, turn);
}

/** PostgreSQL is writable: the first commit of the term comes before the first permit. */
export function recordTerm(state: KeeperState, turn: Turn): KeeperState {
  turn.effects.push({ kind: "record-term", term: state.view?.term.record?.term ?? 0 });
  return enter({ ...state, postgres: "primary" }, { kind: "recording-term" }, turn);
}

/** The term is in the data: permits may be given as soon as lease, gate and portals agree. */
export function serve(state: KeeperState, turn: Turn): KeeperState {
  let next = settle(state, turn, "take-over", { kind: "done" });
  next = settle(next, turn, "start-primary", { kind: "done" });
  next = settle(next, turn, "take-back", { kind: "done" });
  turn.effects.push({ kind: "unblock-redis" });
  return enter(next, { kind: "serving" }, turn);
}
