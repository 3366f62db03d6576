import { claimSite } from "../store/index.ts";
import { holdsTerm } from "./permit.ts";
import { takeBack, writeRelease } from "./release.ts";
import type { KeeperState } from "./state.ts";
import { heldLease, sendTakeOver } from "./take-over.ts";
import { alarm, announce, send, type Turn } from "./turn.ts";

/** What a keeper does each R: the holder renews and asks for a promise, everyone else reads the quorum. */
export function round(state: KeeperState, turn: Turn): KeeperState {
  if (turn.now < state.nextRoundAtMs || state.phase.kind === "halted") return state;
  let next: KeeperState = expire(state, turn);
  next = { ...next, nextRoundAtMs: turn.now + state.parameters.renewMs };
  next = noticeSilence(next, turn);
  if (next.view === null) return read(next, turn);
  if (!next.siteClaimed) return claim(next, turn);
  if (isHolder(next)) return holderRound(next, turn);
  next = read(next, turn);
  return sendTakeOver(takeBack(writeRelease(next, turn), turn), turn);
}

/** Requests that were not answered in time are given up: their answers do not count any more. */
function expire(state: KeeperState, turn: Turn): KeeperState {
  const oldest = turn.now - state.parameters.requestTimeoutMs;
  const { openTxn, openRead, openPromise } = state;
  return {
    ...state,
    openTxn: openTxn !== null && openTxn.sentAtMs <= oldest ? null : openTxn,
    openRead: openRead !== null && openRead.sentAtMs <= oldest ? null : openRead,
    openPromise: openPromise !== null && openPromise.askedAtMs <= oldest ? null : openPromise,
  };
}

function noticeSilence(state: KeeperState, turn: Turn): KeeperState {
  const isSilent = !turn.rules.mayRenew(state, turn.now);
  if (isSilent === state.isSilenceReported) return state;
  if (isSilent) alarm(turn, "controller-silent", "the controller is silent: the lease runs out");
  return { ...state, isSilenceReported: isSilent };
}

/** Holds the term and wants to go on holding it. */
function isHolder(state: KeeperState): boolean {
  if (!holdsTerm(state)) return false;
  if (state.phase.kind === "fenced") return state.phase.why === "deadline";
  return state.view?.lease.record?.kind === "held";
}

function holderRound(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind === "releasing" && phase.step === "writing") return writeRelease(state, turn);
  if (!turn.rules.mayRenew(state, turn.now)) return read(state, turn);
  return askPromise(renew(state, turn), turn);
}

function renew(state: KeeperState, turn: Turn): KeeperState {
  const { view } = state;
  const lease = view?.lease.record;
  if (state.openTxn !== null || view === null || !lease || lease.kind !== "held") return state;
  const record = heldLease(state, lease.term, lease.counter + 1);
  return send(state, turn, "renew", turn.rules.renewTxn(view, record));
}

function askPromise(state: KeeperState, turn: Turn): KeeperState {
  const { view } = state;
  const isUseful =
    state.phase.kind === "serving" ||
    state.phase.kind === "draining" ||
    state.phase.kind === "recording-term" ||
    state.phase.kind === "resuming";
  if (!isUseful || state.openPromise !== null) return state;
  if (!view?.term.record || !view.store.record) return state;
  const question = state.nextNumber;
  turn.effects.push({
    kind: "ask-promise",
    question: {
      question,
      storeId: view.store.record.id,
      term: view.term.record.term,
      askerBootId: state.bootId,
    },
  });
  const openPromise = { question, askedAtMs: turn.now, term: view.term.record.term };
  return { ...state, nextNumber: question + 1, openPromise };
}

/** A linearizable read of the quorum. */
export function read(state: KeeperState, turn: Turn): KeeperState {
  if (state.openRead !== null) return state;
  const number = state.nextNumber;
  turn.effects.push({ kind: "read-quorum", read: number });
  return { ...state, nextNumber: number + 1, openRead: { read: number, sentAtMs: turn.now } };
}

function claim(state: KeeperState, turn: Turn): KeeperState {
  const { view, site, bootId } = state;
  if (view === null || state.openTxn !== null) return read(state, turn);
  const seen = view.keepers[site];
  if (seen.record?.bootId === bootId) return claimed(state, turn);
  if (view.store.record === null) return read(state, turn);
  return send(
    state,
    turn,
    "claim-site",
    claimSite(view, site, { bootId, claimedAt: state.claimedAt }),
  );
}

/**
 * The site is this keeper's. Its change numbers go on from the claim's revision, so that what a portal confirmed to an earlier
 * life (which made fewer changes than the store has revisions: it wrote four a second) can never count as confirmed to this one.
 */
export function claimed(state: KeeperState, turn: Turn): KeeperState {
  const generation = state.view?.store.record?.generation ?? 0;
  const revision = state.view?.keepers[state.site].revision ?? 0;
  const change = Math.max(state.change, generation * 1e12 + revision * 1e3);
  return announce({ ...state, siteClaimed: true, nextRoundAtMs: turn.now, change }, turn);
}
