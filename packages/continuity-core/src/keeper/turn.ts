import type { Txn } from "../store/index.ts";
import type { Alarm, CommandOutcome, KeeperEffect, TxnPurpose } from "./effects.ts";
import type { KeeperRules } from "./rules.ts";
import type { KeeperState, Phase } from "./state.ts";

/** One step in progress: when it happens, by which rules, and what it has asked for so far. */
export interface Turn {
  readonly now: number;
  readonly rules: KeeperRules;
  readonly effects: KeeperEffect[];
}

export function alarm(turn: Turn, kind: Alarm, sentence: string): void {
  turn.effects.push({ kind: "alarm", alarm: kind, sentence });
}

/** Tells portals to ask again; the number confirms what they have acted on. */
export function announce(state: KeeperState, turn: Turn): KeeperState {
  const change = state.change + 1;
  turn.effects.push({ kind: "announce-change", change });
  return { ...state, change };
}

/** Every change of phase changes what portals are told. */
export function enter(state: KeeperState, phase: Phase, turn: Turn): KeeperState {
  return announce({ ...state, phase }, turn);
}

/** Sends a txn and waits for this attempt only. */
export function send(state: KeeperState, turn: Turn, purpose: TxnPurpose, txn: Txn): KeeperState {
  const attempt = state.nextNumber;
  turn.effects.push({ kind: "send-txn", attempt, purpose, txn });
  const openTxn = { attempt, purpose, sentAtMs: turn.now };
  return { ...state, nextNumber: attempt + 1, openTxn };
}

/** Answers the command that is owed an answer, if it is of this kind. */
export function settle(
  state: KeeperState,
  turn: Turn,
  kind: string,
  outcome: CommandOutcome,
): KeeperState {
  if (state.owed?.kind !== kind) return state;
  turn.effects.push({ kind: "answer-command", id: state.owed.id, outcome });
  return { ...state, owed: null };
}

/** Refuses whatever commands still wait: what they asked for can no longer be reached. */
export function abandonAll(state: KeeperState, turn: Turn, why: string): KeeperState {
  const outcome: CommandOutcome = { kind: "refused", why };
  const { owed, geoRevocation } = state;
  if (owed !== null) turn.effects.push({ kind: "answer-command", id: owed.id, outcome });
  if (geoRevocation !== null)
    turn.effects.push({ kind: "answer-command", id: geoRevocation.command, outcome });
  return { ...state, owed: null, geoRevocation: null };
}
