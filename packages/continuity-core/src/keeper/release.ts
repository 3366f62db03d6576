import type { KeeperState } from "./state.ts";
import { heldLease } from "./take-over.ts";
import { enter, send, settle, type Turn } from "./turn.ts";

/** What a commit that is on its way takes beyond the round trip to the standby: 40 ms, twice what was seen under load. */
const commitMs = 40;

/**
 * First step of giving the term up. A region that serves lets the commits that are on their way be acknowledged; whoever was drained
 * before, or has no database to commit to, need not wait.
 */
export function beginRelease(state: KeeperState, turn: Turn): KeeperState {
  const mayFinish = state.phase.kind === "serving" && state.postgres === "primary";
  const untilMs = mayFinish ? turn.now + state.parameters.roundTripMs + commitMs : turn.now;
  const step = mayFinish ? "finishing" : "revoking";
  const change = state.change + 1;
  return enter(state, { kind: "releasing", step, untilMs, change, finalLsn: null }, turn);
}

/** Second step: no more permits, and every portal must know. */
export function revokeForRelease(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "releasing" || phase.step !== "finishing") return state;
  if (turn.now < phase.untilMs) return state;
  return enter(state, { ...phase, step: "revoking", change: state.change + 1 }, turn);
}

/** Third step: revoked everywhere, so PostgreSQL may stop. A database that is down already left no shutdown checkpoint. */
export function stopForRelease(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "releasing" || phase.step !== "revoking") return state;
  const completeAt = turn.rules.revocationCompleteAtMs(state, phase.change, "permit");
  if (turn.now < completeAt) return state;
  if (state.postgres === "down")
    return writeRelease({ ...state, phase: { ...phase, step: "writing", finalLsn: null } }, turn);
  if (state.postgres === "stopping") return { ...state, phase: { ...phase, step: "stopping" } };
  turn.effects.push({ kind: "block-redis" }, { kind: "stop-postgres", mode: "fast" });
  return { ...state, postgres: "stopping", phase: { ...phase, step: "stopping" } };
}

/** Last step: one txn says that this site cannot acknowledge any more. Repeated until it is known to hold. */
export function writeRelease(state: KeeperState, turn: Turn): KeeperState {
  const { phase, view } = state;
  const lease = view?.lease.record;
  if (phase.kind !== "releasing" || phase.step !== "writing") return state;
  if (state.openTxn !== null || view === null || !lease) return state;
  const held = heldLease(state, lease.term, lease.counter + 1);
  const txn = turn.rules.renewTxn(view, { ...held, kind: "released", finalLsn: phase.finalLsn });
  return send(state, turn, "release", txn);
}

/** The release is in the store. */
export function released(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "releasing") return state;
  const next = settle(state, turn, "release", { kind: "done", finalLsn: phase.finalLsn });
  const over: KeeperState = {
    ...next,
    renewedTerm: null,
    leaseUntilMs: Number.NEGATIVE_INFINITY,
    promiseUntilMs: Number.NEGATIVE_INFINITY,
  };
  return enter(over, { kind: "released" }, turn);
}

/** A released lease is held again by txn, so that it cannot race a take-over. */
export function takeBack(state: KeeperState, turn: Turn): KeeperState {
  const { view } = state;
  const lease = view?.lease.record;
  if (state.phase.kind !== "taking-back" || state.openTxn !== null) return state;
  if (view === null || !lease) return state;
  const held = heldLease(state, lease.term, lease.counter + 1);
  return send(state, turn, "take-back", turn.rules.renewTxn(view, held));
}

/** Weakening waits for this: all portals stopped saying `geo`, or their permits are over. */
export function confirmGeoRevoked(state: KeeperState, turn: Turn): KeeperState {
  const revocation = state.geoRevocation;
  if (revocation === null) return state;
  const completeAt = turn.rules.revocationCompleteAtMs(state, revocation.change, "geo");
  if (turn.now < completeAt) return state;
  const outcome = { kind: "done" } as const;
  turn.effects.push({ kind: "answer-command", id: revocation.command, outcome });
  return { ...state, geoRevocation: null };
}
