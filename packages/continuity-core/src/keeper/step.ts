import type { Parameters } from "../parameters.ts";
import type { DataSite, QuorumView } from "../store/index.ts";
import { command } from "./commands.ts";
import type { KeeperEffect, TxnPurpose } from "./effects.ts";
import type { KeeperEvent, PromiseAnswer, PromiseQuestion } from "./events.ts";
import { enforceDeadline } from "./fence.ts";
import { halt, hearLease, observe } from "./observe.ts";
import { answerPermit } from "./permit.ts";
import * as postgres from "./postgres.ts";
import {
  confirmGeoRevoked,
  released,
  revokeForRelease,
  stopForRelease,
  takeBack,
  writeRelease,
} from "./release.ts";
import { claimed, read, round } from "./rounds.ts";
import { type KeeperRules, keeperRules } from "./rules.ts";
import type { KeeperState, OpenTxn } from "./state.ts";
import { judgePosition, loseTakeOver, passGate, sendTakeOver, serve } from "./take-over.ts";
import { alarm, announce, enter, type Turn } from "./turn.ts";

export interface KeeperStep {
  readonly state: KeeperState;
  readonly effects: readonly KeeperEffect[];
}

export interface KeeperIdentity {
  readonly site: DataSite;
  /** A fresh uuid for each start of the process. */
  readonly bootId: string;
  readonly parameters: Parameters;
  /** Wall time of the start, ISO 8601, for the records that people read. */
  readonly startedAt: string;
}

export interface Keeper {
  /** The state of a keeper that has just started: it knows nothing, and whatever PostgreSQL still runs is stopped. */
  start(identity: KeeperIdentity, nowMs: number): KeeperStep;
  /** Handles one event. Synchronous and pure: nothing happens between the check and the answer in `effects`. */
  step(state: KeeperState, event: KeeperEvent, nowMs: number): KeeperStep;
}

/** A keeper that follows `rules`. Production has one set, `keeperRules`; the simulator breaks them one at a time. */
export function keeperWith(rules: KeeperRules): Keeper {
  return {
    start(identity, nowMs) {
      const turn: Turn = { now: nowMs, rules, effects: [] };
      turn.effects.push({ kind: "stop-postgres", mode: "immediate" });
      const state = read(initialState(identity, nowMs, rules), turn);
      return { state, effects: turn.effects };
    },
    step(state, event, nowMs) {
      const turn: Turn = { now: nowMs, rules, effects: [] };
      let next = enforceDeadline(state, turn);
      next = handle(next, turn, event);
      next = advance(next, turn);
      return { state: { ...next, steppedAtMs: nowMs }, effects: turn.effects };
    },
  };
}

/** The keeper of production. */
export const keeper: Keeper = keeperWith(keeperRules);

function initialState(identity: KeeperIdentity, nowMs: number, rules: KeeperRules): KeeperState {
  return {
    site: identity.site,
    bootId: identity.bootId,
    claimedAt: identity.startedAt,
    parameters: identity.parameters,
    startedAtMs: nowMs,
    steppedAtMs: nowMs,
    phase: { kind: "idle" },
    view: null,
    leaseSeenAtMs: nowMs,
    termSeenAtMs: nowMs,
    predecessorValidityMs: identity.parameters.leaseMs,
    lapseReported: 0,
    gateWaivedTerm: null,
    lastPromiseMs: rules.lastPromiseAtStart(nowMs),
    leaseUntilMs: Number.NEGATIVE_INFINITY,
    promiseUntilMs: Number.NEGATIVE_INFINITY,
    renewedTerm: null,
    countFromMs: nowMs,
    isDistrusted: false,
    openTxn: null,
    openRead: null,
    mustReadAgain: false,
    openPromise: null,
    nextNumber: 1,
    nextRoundAtMs: nowMs + identity.parameters.renewMs,
    controllerSeenAtMs: nowMs,
    postgres: "stopping",
    siteClaimed: false,
    isSilenceReported: false,
    change: 1,
    portals: new Map(),
    geo: { on: false, generation: 0 },
    geoRevocation: null,
    isSuspended: false,
    acceptUnprotected: true,
    owed: null,
  };
}

function handle(state: KeeperState, turn: Turn, event: KeeperEvent): KeeperState {
  switch (event.kind) {
    case "tick":
      return state;
    case "refresh":
      return state.openRead === null ? read(state, turn) : { ...state, mustReadAgain: true };
    case "quorum-read":
      return onRead(state, turn, event.read, event.view);
    case "quorum-read-failed":
      return state.openRead?.read === event.read ? { ...state, openRead: null } : state;
    case "lease-heard":
      return hearLease(state, turn, event.lease);
    case "txn-answered":
      return onTxnAnswered(state, turn, event);
    case "txn-unknown":
      return onTxnUnknown(state, event.attempt);
    case "promise-asked":
      return onPromiseAsked(state, turn, event.question);
    case "promise-answered":
      return onPromiseAnswered(state, turn, event.answer);
    case "promise-failed":
      return state.openPromise?.question === event.question
        ? { ...state, openPromise: null }
        : state;
    case "permit-asked":
      return answerPermit(state, turn, event.question);
    case "controller-seen":
      return { ...state, controllerSeenAtMs: turn.now };
    case "command":
      return command({ ...state, controllerSeenAtMs: turn.now }, turn, event.id, event.command);
    case "boot-id-seen":
      return turn.rules.isUsurped(state, event.bootId) && state.phase.kind !== "halted"
        ? halt(state, turn)
        : state;
    case "clocks-disagree":
      return onClocksDisagree(state, turn, event.byMs);
    case "postgres-started":
    case "postgres-exited":
    case "postgres-stopped":
    case "standby-position":
    case "standby-position-failed":
    case "promoted":
    case "promotion-failed":
    case "term-recorded":
      return handlePostgres(state, turn, event);
  }
}

type PostgresEvent = Extract<
  KeeperEvent,
  {
    kind:
      | "postgres-started"
      | "postgres-exited"
      | "postgres-stopped"
      | "standby-position"
      | "standby-position-failed"
      | "promoted"
      | "promotion-failed"
      | "term-recorded";
  }
>;

function handlePostgres(state: KeeperState, turn: Turn, event: PostgresEvent): KeeperState {
  switch (event.kind) {
    case "postgres-started":
      return postgres.started(state, turn, event.as);
    case "promoted":
      return postgres.started(state, turn, "primary");
    case "promotion-failed":
      return postgres.promotionFailed(state, turn);
    case "postgres-exited":
      return postgres.exited(state, turn);
    case "postgres-stopped":
      return postgres.stopped(state, turn, event.finalLsn);
    case "standby-position":
      if (state.phase.kind === "deciding") return judgePosition(state, turn, state.phase, event);
      return event.receiverStopped ? postgres.receiverStoppedAtGate(state, turn) : state;
    case "standby-position-failed":
      return onPositionFailed(state, turn);
    case "term-recorded": {
      const isThisTerm = event.term === state.view?.term.record?.term;
      return isThisTerm && state.phase.kind === "recording-term" ? serve(state, turn) : state;
    }
  }
}

function onPositionFailed(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind === "deciding" && !phase.sent)
    return loseTakeOver(state, turn, "the standby could not tell what it has");
  if (phase.kind === "waiting-gate" && phase.step === "stopping-receiver")
    return { ...state, phase: { ...phase, step: "waiting" } };
  return state;
}

function onRead(state: KeeperState, turn: Turn, number: number, view: QuorumView): KeeperState {
  if (!turn.rules.stillWaitsFor(state.openRead?.read ?? null, number)) return state;
  let next = observe({ ...state, openRead: null, mustReadAgain: false }, turn, view);
  if (state.mustReadAgain) next = read(next, turn);
  return state.view === null ? { ...next, nextRoundAtMs: turn.now } : next;
}

type TxnAnswered = Extract<KeeperEvent, { kind: "txn-answered" }>;

function onTxnAnswered(state: KeeperState, turn: Turn, event: TxnAnswered): KeeperState {
  const open = state.openTxn;
  if (open === null || !turn.rules.stillWaitsFor(open.attempt, event.attempt)) return state;
  const seen = observe({ ...state, openTxn: null }, turn, event.view);
  if (event.succeeded) return sendWhatWaited(succeeded(seen, turn, open.purpose, open), turn);
  // An earlier renewal was applied late: the next one knows its revision, and the lease must not wait a round for it.
  const hurries = open.purpose === "renew" ? { ...seen, nextRoundAtMs: turn.now } : seen;
  return sendWhatWaited(hurries, turn);
}

/** Tried again R after it was sent, and not only at the round after that: a slow quorum leaves few attempts within Q. */
function onTxnUnknown(state: KeeperState, attempt: number): KeeperState {
  const open = state.openTxn;
  if (open?.attempt !== attempt) return state;
  const again = open.sentAtMs + state.parameters.renewMs;
  return { ...state, openTxn: null, nextRoundAtMs: Math.min(state.nextRoundAtMs, again) };
}

/** A txn that waited for this connection goes out with the answer; after a time-out only at the next round. */
function sendWhatWaited(state: KeeperState, turn: Turn): KeeperState {
  return takeBack(writeRelease(sendTakeOver(state, turn), turn), turn);
}

function succeeded(
  state: KeeperState,
  turn: Turn,
  purpose: TxnPurpose,
  open: OpenTxn,
): KeeperState {
  switch (purpose) {
    case "claim-site":
      return claimed(state, turn);
    case "release":
      return released(state, turn);
    case "take-over":
    case "force-take-over":
      // The lease that the take-over wrote keeps PostgreSQL running; a permit needs a renewal of its own.
      return countLease(state, turn, open);
    case "take-back":
      return state.phase.kind === "taking-back"
        ? enter(renewed(state, turn, open), { kind: "resuming" }, turn)
        : state;
    case "renew":
      return renewed(state, turn, open);
  }
}

function countLease(state: KeeperState, turn: Turn, open: OpenTxn): KeeperState {
  if (open.sentAtMs < state.countFromMs || state.phase.kind === "halted") return state;
  const from = turn.rules.holderCountsFrom(open.sentAtMs, turn.now);
  const leaseUntilMs = Math.max(state.leaseUntilMs, from + state.parameters.leaseMs);
  return { ...state, leaseUntilMs };
}

/** The lease starts a permit; with it, promises of this term count as well. */
function renewed(state: KeeperState, turn: Turn, open: OpenTxn): KeeperState {
  const term = state.view?.term.record;
  if (!term || term.primary !== state.site || open.sentAtMs < state.countFromMs) return state;
  if (state.phase.kind === "releasing" || state.phase.kind === "released")
    return countLease(state, turn, open);
  const wasPaused = state.isDistrusted || state.renewedTerm !== term.term;
  const next: KeeperState = {
    ...countLease(state, turn, open),
    renewedTerm: term.term,
    isDistrusted: false,
  };
  if (next.phase.kind === "fenced" && next.phase.why === "deadline")
    return enter(next, { kind: "resuming" }, turn);
  return wasPaused ? announce(next, turn) : next;
}

function onPromiseAsked(state: KeeperState, turn: Turn, asked: PromiseQuestion): KeeperState {
  const reason = turn.rules.refusePromise(state, asked);
  const answer: PromiseAnswer = {
    question: asked.question,
    term: asked.term,
    askerBootId: asked.askerBootId,
    promiserBootId: state.bootId,
    granted: reason === null,
    ...(reason === null ? { validityMs: state.parameters.promiseMs } : { reason }),
  };
  turn.effects.push({ kind: "answer-promise", answer });
  return reason === null ? { ...state, lastPromiseMs: turn.now } : state;
}

function onPromiseAnswered(state: KeeperState, turn: Turn, answer: PromiseAnswer): KeeperState {
  const open = state.openPromise;
  if (open === null || !turn.rules.stillWaitsFor(open.question, answer.question)) return state;
  const next: KeeperState = { ...state, openPromise: null };
  const isOurs = answer.askerBootId === state.bootId && answer.term === open.term;
  const isCurrent = state.view?.term.record?.term === open.term;
  if (!answer.granted || !isOurs || !isCurrent || open.askedAtMs < state.countFromMs) return next;
  const from = turn.rules.holderCountsFrom(open.askedAtMs, turn.now);
  const worth = turn.rules.promiseWorthMs(state.parameters, answer.validityMs ?? 0);
  return { ...next, promiseUntilMs: Math.max(state.promiseUntilMs, from + worth) };
}

/** A frozen monotonic clock makes every deadline too late: no permit until something sent from now on is answered. */
function onClocksDisagree(state: KeeperState, turn: Turn, byMs: number): KeeperState {
  if (!turn.rules.distrustsClock(state, byMs)) return state;
  alarm(turn, "clocks-disagree", `wall and monotonic clock disagree by ${Math.round(byMs)} ms`);
  return announce({ ...state, countFromMs: turn.now, isDistrusted: true }, turn);
}

/** Whatever has become due by now. */
function advance(state: KeeperState, turn: Turn): KeeperState {
  let next = round(state, turn);
  next = passGate(next, turn);
  next = postgres.startForTerm(next, turn);
  next = stopForRelease(revokeForRelease(next, turn), turn);
  next = confirmGeoRevoked(next, turn);
  return reportLapse(next, turn);
}

function reportLapse(state: KeeperState, turn: Turn): KeeperState {
  const revision = state.view?.lease.revision ?? 0;
  if (state.phase.kind !== "standby" || state.lapseReported === revision) return state;
  if (state.view?.term.record?.primary === state.site) return state;
  const isReleased = state.view !== null && turn.rules.releaseSkipsWaits(state.view);
  if (!isReleased && turn.now < turn.rules.lapsesAtMs(state)) return state;
  turn.effects.push({ kind: "primary-lapsed" });
  return { ...state, lapseReported: revision };
}
