import { decideRules } from "../decide/index.ts";
import { procedureRules } from "../procedures/index.ts";
import { type Mutation, mutation } from "./mutation.ts";

const decide = decideRules;
const procedures = procedureRules;

/** Deviations from "Deciding". */
export const decidingMutations: readonly Mutation[] = [
  mutation(
    "automation-switch-ignored",
    "With automation off, nothing destructive happens by itself.",
    {
      decide: { mayActByItself: () => true },
    },
  ),
  mutation(
    "everything-is-promotable",
    "Recorded as safe or within the RPO bound; unknown means no.",
    {
      decide: { promotable: () => "safe" },
      keeper: { whyNotPromotable: () => null },
    },
  ),
  mutation("controller-promotes-anything", "Unknown state means no.", {
    decide: { promotable: () => "safe" },
  }),
  mutation("unknown-loss-is-no-loss", "Within the plan's RPO bound; unknown state means no.", {
    decide: {
      promotable(o, policy) {
        const known = decide.promotable({ ...o, estimatedLossMs: o.estimatedLossMs ?? 0 }, policy);
        return known;
      },
    },
  }),
  mutation("rpo-bound-ignored", "Within the plan's RPO bound.", {
    decide: { promotable: (o, policy) => decide.promotable({ ...o, estimatedLossMs: 0 }, policy) },
  }),
  mutation("veto-without-end", "A veto lasts at most 5 s.", {
    decide: { isVetoed: (o) => o.lapsedForMs !== null },
  }),
  mutation("cooldown-without-end", "Cooldowns count completed failovers only, and end.", {
    decide: { isCooling: (o) => o.quorum.history.length > 0 },
  }),
];

/** Deviations from what keeps the primary from moving to and fro. */
export const flappingMutations: readonly Mutation[] = [
  mutation("flapping-ignored", "At most so many automatic failovers an hour.", {
    decide: { isFlapping: () => false },
  }),
];

/** Deviations from "Durability". */
export const durabilityMutations: readonly Mutation[] = [
  mutation(
    "relaxed-before-revoked",
    "Weaken: revoke geo at all portals, only then relax PostgreSQL.",
    {
      decide: { mayRelax: () => true },
    },
  ),
  mutation("never-weakened", "A cut link must not hang every commit.", {
    decide: { mustWeaken: () => false },
  }),
  mutation("geo-floor-not-raised", "Record async with geoFloor.", {
    decide: { geoFloor: () => null },
  }),
  mutation("safe-without-proof", "Strengthen: the standby has flushed the canary's LSN; record.", {
    decide: { mayRecordSafe: () => true },
  }),
  mutation("announced-without-record", "Strengthen: record, then announce.", {
    decide: { mayAnnounce: () => true },
  }),
  mutation("never-suspended", "Without quorum and standby, local writes stop at the RPO bound.", {
    decide: { mustSuspend: () => false },
  }),
];

/** Deviations from "Procedures are runs". */
export const procedureMutations: readonly Mutation[] = [
  mutation(
    "rewind-before-quarantine",
    "Nothing is destroyed before it was quarantined and reported.",
    {
      procedures: { mustQuarantine: () => false, mayDestroy: () => true },
    },
  ),
  mutation("rewind-before-report", "Nothing is destroyed before it was reported.", {
    procedures: {
      mayDestroy: (local, ancestry) =>
        procedures.mayDestroy({ ...local, isReported: local.isQuarantined }, ancestry),
    },
  }),
  mutation(
    "every-directory-is-an-ancestor",
    "A directory follows only if it holds nothing of its own.",
    {
      decide: { ancestry: () => "ancestor" },
      procedures: { ancestry: () => "ancestor", mustQuarantine: () => false },
    },
  ),
  mutation("upstream-never-prepared", "CHECKPOINT first: pg_rewind must see the promotion.", {
    procedures: { isUpstreamReady: () => true },
  }),
  mutation("runs-ignore-the-switch", "The kill switch is read before every destructive step.", {
    procedures: { isSwitchedOff: () => false },
  }),
  mutation("old-runs-go-on", "A run is over when its term or its store is.", {
    procedures: { whySuperseded: () => null },
  }),
  mutation("steps-not-begun-again", "A step of an earlier life is begun again.", {
    procedures: { mustBeginAgain: () => false },
  }),
  mutation(
    "approval-costs-attempts",
    "A step that waits for approvals costs no attempt and no budget.",
    {
      procedures: { waitsForPeople: () => null },
    },
  ),
  mutation("approved-by-who-ordered", "Whoever ordered a run cannot approve it.", {
    procedures: { mayApprove: () => true },
  }),
  mutation("old-orders-obeyed", "Every write of a run is refused by the receiver when older.", {
    receiver: () => null,
  }),
];
