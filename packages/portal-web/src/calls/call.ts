import type { Call, CallState } from "@careline/portal-contract/calls/index.ts";

export type { Call, CallState };

const onLine: readonly CallState[] = ["connected", "held", "consulting", "conferenced"];

/** Whether somebody is on the line with this agent. */
export function isOnLine(call: Pick<Call, "state">): boolean {
  return onLine.includes(call.state);
}

/** Whether the phone of the person who is called back rings. */
export function isDialling(call: Pick<Call, "state" | "type">): boolean {
  return call.type === "outbound" && call.state === "ringing";
}

const inHand: readonly CallState[] = [...onLine, "ringing", "wrapping"];

/** The call that the desk shows: the one on the line or being dialled, else the oldest that is still to be wrapped up. */
export function callInHand(calls: readonly Call[]): Call | null {
  const open = calls.filter((call) => inHand.includes(call.state));
  return (
    open.find(isOnLine) ??
    open.find(isDialling) ??
    open.toSorted((a, b) => a.callStartTime.localeCompare(b.callStartTime))[0] ??
    null
  );
}

/** Puts `call` among `calls`; of two copies the larger version stays. */
export function mergeCall(calls: readonly Call[], call: Call): readonly Call[] {
  const known = calls.find((each) => each.callId === call.callId);
  if (known === undefined) return [...calls, call];
  if (known.version > call.version) return calls;
  return calls.map((each) => (each.callId === call.callId ? call : each));
}
