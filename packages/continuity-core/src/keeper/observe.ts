import type { LeaseRecord, QuorumView, Versioned } from "../store/index.ts";
import { fence, stopAtOnce } from "./fence.ts";
import { holdsTerm, turnGeoOff } from "./permit.ts";
import { released } from "./release.ts";
import type { KeeperState } from "./state.ts";
import { loseTakeOver, winTakeOver } from "./take-over.ts";
import { abandonAll, alarm, enter, type Turn } from "./turn.ts";

/** Takes in what is new in one linearizable view. */
export function observe(state: KeeperState, turn: Turn, view: QuorumView): KeeperState {
  const known = state.view;
  // A store that was empty until now begins its first life, not another one.
  const knownId = known?.store.record?.id;
  const isOtherStore = knownId !== undefined && knownId !== view.store.record?.id;
  if (known !== null && isOtherStore) return observeOtherStore(state, turn, known, view);
  return judge(adopt(state, turn, known === null ? view : newestOf(known, view)), turn);
}

/**
 * Each record as it was changed last. Answers cross on their way, and a lease is heard before the answer that shows this keeper's own
 * claim arrives: a view is not dropped for one record of it that is older than what is known.
 */
function newestOf(known: QuorumView, seen: QuorumView): QuorumView {
  return {
    store: newer(known.store, seen.store),
    term: newer(known.term, seen.term),
    lease: newer(known.lease, seen.lease),
    sync: newer(known.sync, seen.sync),
    keepers: {
      east: newer(known.keepers.east, seen.keepers.east),
      west: newer(known.keepers.west, seen.keepers.west),
    },
  };
}

const newer = <R>(known: Versioned<R>, seen: Versioned<R>): Versioned<R> =>
  seen.revision > known.revision ? seen : known;

/**
 * A renewal or release told by the store's watch, up to 0.37 s before the next read would show it. It counts only for the lease that was
 * read (same holder, same term), and from now, after it was received. Nothing is decided on it alone: a take-over compares the lease's
 * revision, so what came after it and was not heard admits nothing.
 */
export function hearLease(
  state: KeeperState,
  turn: Turn,
  heard: Versioned<LeaseRecord>,
): KeeperState {
  const known = state.view;
  if (known === null || known.lease.record === null || heard.record === null) return state;
  if (!turn.rules.countsHeard(known, heard)) return state;
  return observe(state, turn, { ...known, lease: heard });
}

function observeOtherStore(
  state: KeeperState,
  turn: Turn,
  known: QuorumView,
  view: QuorumView,
): KeeperState {
  if (!turn.rules.isNewerStore(known.store.record, view.store.record)) {
    alarm(
      turn,
      "older-store",
      "the quorum store answers with an older life: nothing it says counts",
    );
    return state;
  }
  alarm(turn, "store-changed", "the quorum store began another life");
  const mayWrite = holdsTerm(state) && state.phase.kind !== "fenced";
  const adopted = adopt({ ...state, renewedTerm: null }, turn, view);
  return judge(mayWrite ? fence(adopted, turn, "store-changed") : adopted, turn);
}

function adopt(state: KeeperState, turn: Turn, view: QuorumView): KeeperState {
  const isNewTerm = state.view?.term.revision !== view.term.revision;
  const predecessor = state.view?.lease.record?.validityMs ?? 0;
  const next: KeeperState = {
    ...state,
    view,
    leaseSeenAtMs: turn.rules.leaseSeenAt(state, view, turn.now),
  };
  if (!isNewTerm) return next;
  if (state.view === null && turn.rules.trustsFoundLease(view)) return trusting(next, turn);
  return {
    ...next,
    termSeenAtMs: turn.now,
    predecessorValidityMs: Math.max(predecessor, state.parameters.leaseMs),
    lastPromiseMs: turn.rules.lastPromiseAfterTerm(next),
  };
}

/** Never by the rules as designed: the permit of an earlier life goes on from the lease that was found. */
function trusting(state: KeeperState, turn: Turn): KeeperState {
  const term = state.view?.term.record;
  if (term?.primary !== state.site) return state;
  return { ...state, renewedTerm: term.term, leaseUntilMs: turn.now + state.parameters.leaseMs };
}

/** What the newest view means for what this keeper is doing. */
function judge(state: KeeperState, turn: Turn): KeeperState {
  const { phase, view } = state;
  if (view === null || phase.kind === "halted") return state;
  const claimed = view.keepers[state.site].record?.bootId;
  if (claimed !== undefined && turn.rules.isUsurped(state, claimed)) return halt(state, turn);
  if (phase.kind === "deciding") {
    if (view.term.record?.claim === phase.order.claim) return winTakeOver(state, turn);
    if (!turn.rules.canStillWin(phase.order, phase.view, view))
      return loseTakeOver(state, turn, "the store changed since the decision");
    return state;
  }
  const lease = view.lease.record;
  const isWriting = phase.kind === "releasing" && phase.step === "writing";
  if (isWriting && lease?.kind === "released" && lease.bootId === state.bootId)
    return released({ ...state, openTxn: null }, turn);
  const isForeign = view.term.record !== null && view.term.record.primary !== state.site;
  const thoughtPrimary = phase.kind !== "idle" && phase.kind !== "standby";
  if (isForeign && thoughtPrimary && !isFencedFor(state)) return leaveTerm(state, turn);
  const isOtherSync = state.geo.on && view.sync.revision !== state.geo.generation;
  return isOtherSync ? turnGeoOff(state, turn) : state;
}

const isFencedFor = (state: KeeperState): boolean =>
  (state.phase.kind === "fenced" && state.phase.why !== "deadline") ||
  state.phase.kind === "released";

/** Another site's term: a region that may still write is stopped; one that gave its term up has nothing to stop. */
function leaveTerm(state: KeeperState, turn: Turn): KeeperState {
  return fence(state, turn, "higher-term");
}

/** Two keepers for one site: neither lease nor promise can be trusted. */
export function halt(state: KeeperState, turn: Turn): KeeperState {
  alarm(turn, "another-keeper", "another keeper claimed this site: this one does nothing more");
  let next = abandonAll(turnGeoOff(state, turn), turn, "halted");
  if (next.postgres !== "down") next = stopAtOnce(next, turn);
  return enter({ ...next, openTxn: null, openPromise: null }, { kind: "halted" }, turn);
}
