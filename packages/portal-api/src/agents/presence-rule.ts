import type {
  PresenceReason,
  PresenceState,
  SetPresenceBody,
} from "@careline/portal-contract/agents/schemas.ts";

export interface PresenceFacts {
  readonly state: PresenceState;
  readonly next: { readonly state: "on_break" | "offline"; readonly reason: PresenceReason } | null;
}

export type PresenceDecision =
  /** The state changes now. */
  | {
      readonly kind: "change";
      readonly state: PresenceState;
      readonly reason: PresenceReason | null;
    }
  /** The state stays; the wish is kept for the end of the call, or taken back. */
  | { readonly kind: "later"; readonly next: PresenceFacts["next"] }
  | { readonly kind: "refuse" };

/** What a wish of the agent does. While a call is in hand a break waits until the call is closed; while one rings it is refused. */
export function decidePresence(now: PresenceFacts, wish: SetPresenceBody): PresenceDecision {
  switch (now.state) {
    case "offered":
      return { kind: "refuse" };
    case "on_call":
    case "wrapping":
      return {
        kind: "later",
        next: wish.state === "available" ? null : { state: wish.state, reason: wish.reason },
      };
    case "available":
    case "on_break":
    case "offline":
      return {
        kind: "change",
        state: wish.state,
        reason: wish.state === "available" ? null : wish.reason,
      };
  }
}

/** The state after the last call in hand is closed. */
export function presenceAfterCall(now: PresenceFacts): {
  readonly state: PresenceState;
  readonly reason: PresenceReason | null;
} {
  return now.next ?? { state: "available", reason: null };
}

/** Code of Agents.Status (HCC-DB-02) for a live state. */
export function statusOfPresence(state: PresenceState): "active" | "on_break" | "offline" {
  if (state === "on_break" || state === "offline") return state;
  return "active";
}
