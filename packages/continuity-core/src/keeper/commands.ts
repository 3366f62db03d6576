import type { CommandOutcome } from "./effects.ts";
import type { KeeperCommand } from "./events.ts";
import { turnGeoOff } from "./permit.ts";
import { beginRelease } from "./release.ts";
import type { KeeperState } from "./state.ts";
import { decideTakeOver, whyNotDecide } from "./take-over.ts";
import { announce, enter, type Turn } from "./turn.ts";

interface Ordered<K extends KeeperCommand["kind"]> {
  readonly id: number;
  readonly command: Extract<KeeperCommand, { kind: K }>;
}

function reply(turn: Turn, id: number, outcome: CommandOutcome): void {
  turn.effects.push({ kind: "answer-command", id, outcome });
}

function refuse(state: KeeperState, turn: Turn, id: number, why: string): KeeperState {
  reply(turn, id, { kind: "refused", why });
  return state;
}

/** One lasting command at a time; a newer one of the same kind replaces the waiting one. */
function owe(state: KeeperState, turn: Turn, id: number, kind: string): KeeperState {
  if (state.owed !== null) reply(turn, state.owed.id, { kind: "refused", why: "superseded" });
  return { ...state, owed: { id, kind } };
}

/** Follows a command of this site's controller, or refuses it at once with a reason. */
export function command(
  state: KeeperState,
  turn: Turn,
  id: number,
  wanted: KeeperCommand,
): KeeperState {
  if (state.phase.kind === "halted") return refuse(state, turn, id, "halted: another keeper acts");
  switch (wanted.kind) {
    case "start-standby":
      return startStandby(state, turn, id);
    case "stop-standby":
      return stopStandby(state, turn, id);
    case "start-primary":
      return startPrimary(state, turn, id);
    case "take-over":
      return orderTakeOver(state, turn, { id, command: wanted });
    case "drain":
      return drain(state, turn, id);
    case "release":
      return release(state, turn, id);
    case "take-back":
      return goOn(state, turn, id);
    case "revoke-geo":
      return revokeGeo(state, turn, id);
    case "announce-geo":
      return announceGeo(state, turn, { id, command: wanted });
    case "suspend-writes":
      reply(turn, id, { kind: "done" });
      if (state.isSuspended === wanted.suspended) return state;
      return announce({ ...state, isSuspended: wanted.suspended }, turn);
    case "accept-unprotected":
      reply(turn, id, { kind: "done" });
      if (state.acceptUnprotected === wanted.accept) return state;
      return announce({ ...state, acceptUnprotected: wanted.accept }, turn);
  }
}

function startStandby(state: KeeperState, turn: Turn, id: number): KeeperState {
  const term = state.view?.term.record;
  if (!term) return refuse(state, turn, id, "the quorum store was not read yet");
  if (term.primary === state.site) return refuse(state, turn, id, "this site is the primary");
  const { kind } = state.phase;
  const mayFollow =
    kind === "idle" || kind === "standby" || kind === "fenced" || kind === "released";
  if (!mayFollow) return refuse(state, turn, id, `this keeper is ${kind}`);
  if (state.postgres === "standby") {
    reply(turn, id, { kind: "done" });
    return state;
  }
  if (state.postgres !== "down") return refuse(state, turn, id, `PostgreSQL is ${state.postgres}`);
  turn.effects.push({ kind: "start-postgres", as: "standby" });
  const owing = owe({ ...state, postgres: "starting-standby" }, turn, id, "start-standby");
  return enter(owing, { kind: "standby" }, turn);
}

function stopStandby(state: KeeperState, turn: Turn, id: number): KeeperState {
  const { kind } = state.phase;
  const isFollower = kind === "standby" || kind === "idle" || kind === "fenced";
  if (!isFollower) return refuse(state, turn, id, `this keeper is ${kind}, not standby`);
  if (state.postgres === "down") {
    reply(turn, id, { kind: "done" });
    return state;
  }
  const owing = owe(state, turn, id, "stop-standby");
  if (state.postgres !== "stopping") turn.effects.push({ kind: "stop-postgres", mode: "fast" });
  return { ...owing, postgres: "stopping" };
}

function startPrimary(state: KeeperState, turn: Turn, id: number): KeeperState {
  const { view, phase } = state;
  if (!view || view.term.record === null || view.lease.record === null || !state.siteClaimed)
    return refuse(state, turn, id, "the quorum store was not read yet");
  if (view.term.record.primary !== state.site)
    return refuse(state, turn, id, "another site is the primary of this term");
  if (view.lease.record.kind === "released")
    return refuse(
      state,
      turn,
      id,
      "the term was given up: take it back, or let the other side go on",
    );
  if (phase.kind === "serving" && state.postgres === "primary") {
    reply(turn, id, { kind: "done" });
    return state;
  }
  const mayStart =
    phase.kind === "idle" ||
    phase.kind === "standby" ||
    phase.kind === "serving" ||
    phase.kind === "resuming" ||
    phase.kind === "fenced";
  if (!mayStart) return refuse(state, turn, id, `this keeper is ${phase.kind}`);
  const owing = owe(state, turn, id, "start-primary");
  return enter({ ...owing, nextRoundAtMs: turn.now }, { kind: "resuming" }, turn);
}

function orderTakeOver(state: KeeperState, turn: Turn, it: Ordered<"take-over">): KeeperState {
  const { order } = it.command;
  const term = state.view?.term.record;
  if (term?.claim === order.claim && term.primary === state.site) {
    if (state.phase.kind === "serving") return refuseAsDone(state, turn, it.id);
    return owe(state, turn, it.id, "take-over");
  }
  if (state.phase.kind === "deciding" && state.phase.order.claim === order.claim)
    return owe(state, turn, it.id, "take-over");
  const why = whyNotDecide(state, turn, order);
  if (why !== null) return refuse(state, turn, it.id, why);
  return decideTakeOver(owe(state, turn, it.id, "take-over"), turn, order);
}

function refuseAsDone(state: KeeperState, turn: Turn, id: number): KeeperState {
  reply(turn, id, { kind: "done" });
  return state;
}

function drain(state: KeeperState, turn: Turn, id: number): KeeperState {
  if (state.phase.kind !== "serving" && state.phase.kind !== "draining")
    return refuse(state, turn, id, `this keeper is ${state.phase.kind}, not serving`);
  reply(turn, id, { kind: "done" });
  return state.phase.kind === "draining" ? state : enter(state, { kind: "draining" }, turn);
}

function release(state: KeeperState, turn: Turn, id: number): KeeperState {
  const { phase } = state;
  if (phase.kind === "released") {
    reply(turn, id, { kind: "done", finalLsn: state.view?.lease.record?.finalLsn ?? null });
    return state;
  }
  if (phase.kind === "releasing") return owe(state, turn, id, "release");
  const mayRelease =
    phase.kind === "serving" ||
    phase.kind === "draining" ||
    phase.kind === "resuming" ||
    (phase.kind === "fenced" && phase.why === "deadline");
  if (!mayRelease) return refuse(state, turn, id, `this keeper is ${phase.kind}, not serving`);
  return beginRelease(owe(turnGeoOff(state, turn), turn, id, "release"), turn);
}

function goOn(state: KeeperState, turn: Turn, id: number): KeeperState {
  const { phase } = state;
  const isEarly =
    phase.kind === "releasing" && (phase.step === "finishing" || phase.step === "revoking");
  if (phase.kind === "draining" || isEarly) {
    const owing = owe(state, turn, id, "nothing");
    reply(turn, id, { kind: "done" });
    return enter({ ...owing, owed: null }, { kind: "serving" }, turn);
  }
  if (phase.kind === "serving") {
    reply(turn, id, { kind: "done" });
    return state;
  }
  const mayTakeBack =
    phase.kind === "released" ||
    phase.kind === "taking-back" ||
    isIdleAfterRelease(state) ||
    (phase.kind === "releasing" && phase.step === "writing");
  if (!mayTakeBack) return refuse(state, turn, id, `this keeper is ${phase.kind}`);
  const owing = owe(state, turn, id, "take-back");
  return enter({ ...owing, nextRoundAtMs: turn.now }, { kind: "taking-back" }, turn);
}

/** A keeper that restarted after its release finds the released lease of its own site. */
function isIdleAfterRelease(state: KeeperState): boolean {
  const lease = state.view?.lease.record;
  const isOurs = state.view?.term.record?.primary === state.site && state.siteClaimed;
  return state.phase.kind === "idle" && isOurs && lease?.kind === "released";
}

function revokeGeo(state: KeeperState, turn: Turn, id: number): KeeperState {
  const off = turnGeoOff(state, turn);
  if (off.geoRevocation !== null)
    reply(turn, off.geoRevocation.command, { kind: "refused", why: "superseded" });
  // The change that turned geo off may be an earlier one; confirming the newest confirms it as well.
  const next = off === state ? announce(state, turn) : off;
  return { ...next, geoRevocation: { command: id, change: next.change } };
}

function announceGeo(state: KeeperState, turn: Turn, it: Ordered<"announce-geo">): KeeperState {
  const { view } = state;
  const { generation } = it.command;
  const sync = view?.sync;
  const isRecorded = sync?.revision === generation && sync.record?.mode === "sync";
  if (state.phase.kind !== "serving" || state.geoRevocation !== null)
    return refuse(state, turn, it.id, "not serving");
  if (!isRecorded || !sync.record?.safeToPromote)
    return refuse(state, turn, it.id, "the record that this keeper has seen is another one");
  reply(turn, it.id, { kind: "done" });
  if (state.geo.on && state.geo.generation === generation) return state;
  return announce({ ...state, geo: { on: true, generation } }, turn);
}
