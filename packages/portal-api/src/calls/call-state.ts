import type { CallState } from "@careline/portal-contract/calls/codes.ts";

/** What moves a call: agents' controls first, then what routing and the provider say. */
export type CallAction =
  | "answer"
  | "hold"
  | "resume"
  | "consult"
  | "conference"
  | "return_to_caller"
  | "complete_transfer"
  | "transfer_blind"
  | "hang_up"
  | "close"
  | "ring"
  | "stop_ringing"
  | "consult_refused"
  | "caller_left"
  | "callee_answered"
  | "no_answer"
  | "leave_voicemail"
  | "found_connected";

type Moves = Readonly<Partial<Record<CallState, CallState>>>;

/**
 * The one table of a call's life:
 * `offered → ringing → connected ⇄ held → consulting → conferenced → wrapping → closed`, and the ends
 * `abandoned` (left while waiting), `missed` (left while it rang), `voicemail`.
 * The database holds the same pairs in `call_transitions`; a test compares them.
 */
const moves: Readonly<Record<CallAction, Moves>> = {
  answer: { ringing: "connected" },
  hold: { connected: "held" },
  resume: { held: "connected" },
  consult: { connected: "consulting", held: "consulting" },
  conference: { consulting: "conferenced" },
  return_to_caller: { consulting: "connected", conferenced: "connected" },
  complete_transfer: { consulting: "wrapping", conferenced: "wrapping" },
  transfer_blind: { connected: "wrapping", held: "wrapping" },
  hang_up: {
    connected: "wrapping",
    held: "wrapping",
    consulting: "wrapping",
    conferenced: "wrapping",
  },
  close: { wrapping: "closed" },
  ring: { offered: "ringing" },
  stop_ringing: { ringing: "offered" },
  consult_refused: { consulting: "held" },
  caller_left: {
    offered: "abandoned",
    ringing: "missed",
    connected: "wrapping",
    held: "wrapping",
    consulting: "wrapping",
    conferenced: "wrapping",
  },
  callee_answered: { ringing: "connected" },
  no_answer: { ringing: "missed" },
  leave_voicemail: { offered: "voicemail", ringing: "voicemail" },
  // After a failover the provider may already have connected a call whose record was behind.
  found_connected: { offered: "connected", ringing: "connected" },
};

/** The state after `action`, or null when the action means nothing in `state`. */
export function nextCallState(state: CallState, action: CallAction): CallState | null {
  return moves[action][state] ?? null;
}

/** Each allowed pair once, as `from→to`. */
export function callTransitions(): ReadonlySet<string> {
  const pairs = Object.values(moves).flatMap((table) =>
    Object.entries(table).map(([from, to]) => `${from}→${to}`),
  );
  return new Set(pairs);
}

/** States in which a caller is on the line or waiting. */
export const liveStates: readonly CallState[] = [
  "offered",
  "ringing",
  "connected",
  "held",
  "consulting",
  "conferenced",
];

/** States in which an agent speaks, or could, with the caller. */
export const spokenStates: readonly CallState[] = [
  "connected",
  "held",
  "consulting",
  "conferenced",
];

export interface CloseEvidence {
  readonly state: CallState;
  readonly isScreenAnswered: boolean;
  readonly reason: string | null;
  readonly wrapUpCode: string | null;
  readonly isWrapUpCodeRequired: boolean;
}

export type CloseBlocker =
  | "screen_unanswered"
  | "wrap_up_code_missing"
  | "reason_missing"
  | "still_on_line";

/** What stands between a call and its close; empty when it may be closed. */
export function closeBlockers(call: CloseEvidence): readonly CloseBlocker[] {
  const blockers: CloseBlocker[] = [];
  if (spokenStates.includes(call.state) || call.state === "ringing") blockers.push("still_on_line");
  if (!call.isScreenAnswered) blockers.push("screen_unanswered");
  if (call.reason === null) blockers.push("reason_missing");
  if (call.isWrapUpCodeRequired && call.wrapUpCode === null) blockers.push("wrap_up_code_missing");
  return blockers;
}
