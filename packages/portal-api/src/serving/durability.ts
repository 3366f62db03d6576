import type { DurabilityClass } from "@careline/portal-contract";
import type { DurabilityState, Permit } from "../permit/index.ts";
import { PortalError } from "../problems/index.ts";

export type DurabilityLabel = "geo" | "single-region" | "local";

/** What was known before COMMIT was sent. */
export interface CommitPlan {
  readonly term: number;
  readonly durabilityClass: Exclude<DurabilityClass, "read">;
  readonly before: DurabilityState;
  readonly synchronousCommit: "on" | "local";
}

/**
 * Plans a commit, or refuses it before anything ran. While `geo` is off the commit does not wait for a standby, so it cannot hang
 * on one that is gone. Errors: WRITES_PAUSED, UNPROTECTED_REFUSED.
 */
export function planCommit(
  permit: Permit | null,
  reason: string,
  durability: DurabilityState,
  durabilityClass: CommitPlan["durabilityClass"],
): CommitPlan {
  if (permit === null) {
    throw new PortalError("WRITES_PAUSED", "no permit is held", { reason });
  }
  if (durabilityClass === "geo" && !durability.geo && !durability.acceptUnprotected) {
    throw new PortalError(
      "UNPROTECTED_REFUSED",
      "the other region is away and the plan refuses to go on",
    );
  }
  const waits = durabilityClass === "geo" && durability.geo;
  return {
    term: permit.term,
    durabilityClass,
    before: durability,
    synchronousCommit: waits ? "on" : "local",
  };
}

/**
 * The decision to acknowledge, made of what is true at this very instant (site-contracts.md): the permit holds and is of the same term; `geo`
 * only if the generation was on and the same before COMMIT and now, and COMMIT returned without warning.
 * Errors: OUTCOME_UNKNOWN: the rows may be kept, a repeat with the same key tells.
 */
export function acknowledge(
  plan: CommitPlan,
  warned: boolean,
  permit: Permit | null,
  now: DurabilityState,
): DurabilityLabel {
  if (permit === null || permit.term !== plan.term) {
    throw new PortalError("OUTCOME_UNKNOWN", "the permit ran out around the commit");
  }
  if (plan.durabilityClass === "local") return "local";
  const { before } = plan;
  if (
    plan.synchronousCommit === "on" &&
    !warned &&
    now.geo &&
    now.generation === before.generation
  ) {
    return "geo";
  }
  // Revoked or renewed in between: a repeat commits its audit row under what holds then, and says so.
  if (plan.synchronousCommit === "on") {
    throw new PortalError("OUTCOME_UNKNOWN", "durability changed around the commit");
  }
  if (!now.acceptUnprotected) {
    throw new PortalError("OUTCOME_UNKNOWN", "the plan stopped accepting unprotected writes");
  }
  return "single-region";
}
