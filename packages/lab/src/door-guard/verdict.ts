/** What a region's portal said when it was asked for its permit; `refused`: nobody listens there. */
export type Said =
  | { readonly kind: "permit"; readonly term: number }
  | { readonly kind: "no-permit" }
  | { readonly kind: "refused" };

export interface Sighting {
  readonly said: Said;
  /** Before the question was sent, so that the answer is at most this old. */
  readonly askedAtMs: number;
}

/** `open`: too little is known; the front door's own checks decide. */
export type Verdict = "up" | "down" | "open";

/** An older answer counts no more: ten looks have gone by without one. */
export const freshMs = 1_000;

/**
 * Whether people should be sent to a region. Silence alone condemns nobody: a region that a crowd has just reached answers late, and
 * ending its sessions would only bring the crowd back at once. Down is who says so, who refuses connections, and who is silent or of
 * an earlier term while the other holds the permit: two never hold one at the same time, and terms only grow.
 */
export function verdictOf(own: Sighting | null, other: Sighting | null, nowMs: number): Verdict {
  const ownTerm = termHeld(own, nowMs);
  const otherTerm = termHeld(other, nowMs);
  if (otherTerm !== null && (ownTerm === null || ownTerm < otherTerm)) return "down";
  if (own === null || nowMs - own.askedAtMs > freshMs) return "open";
  return own.said.kind === "permit" ? "up" : "down";
}

function termHeld(seen: Sighting | null, nowMs: number): number | null {
  const isFresh = seen !== null && nowMs - seen.askedAtMs <= freshMs;
  return isFresh && seen.said.kind === "permit" ? seen.said.term : null;
}
