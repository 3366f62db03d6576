import * as double from "./double-openings.ts";
import * as durability from "./durability-openings.ts";
import { mutations } from "./mutations.ts";
import type { Opening } from "./opening.ts";
import * as people from "./people-openings.ts";
import * as permit from "./permit-openings.ts";
import * as release from "./release-openings.ts";
import { runSimulation, type SimulationResult } from "./run-simulation.ts";
import * as suspension from "./suspension-openings.ts";

/** Seeds after which a deviation that was not found counts as survived. */
export const seedsMax = 40;

/** The story in which each deviation must be found. */
export const plan: Readonly<Record<string, Opening>> = {
  "holder-counts-from-answer": permit.stoppedKeeperWithAnswer,
  "holder-uses-larger-plan": permit.unequalPromises,
  "observer-uses-smaller-plan": permit.unequalLeases,
  "no-guard": permit.isolatedPrimary,
  "promise-without-guard": permit.forcedAfterPromise,
  "lease-without-guard": permit.isolatedAndUnpromised,
  "promise-not-waited-for": permit.quorumBlink,
  "lease-not-waited-for": permit.forcedAgainstTheLease,
  "found-lease-trusted": permit.restartedHolder,
  "older-store-believed": double.newLife,
  "second-keeper-ignored": double.secondKeeper,
  "standing-clock-trusted": suspension.suspendedMachine,
  "wait-not-restarted": permit.leaseAlone,
  "stale-answers-count": permit.stoppedKeeperWithAnswer,
  "last-promise-forgotten-at-start": permit.restartedPromiser,
  "last-promise-forgotten-with-term": permit.forcedAfterPromise,
  "gate-skipped": permit.forcedAgainstTheLease,
  "gate-ignores-the-old-lease": permit.forcedAgainstTheLease,
  "every-lease-counts-as-released": release.orderedTooEarly,
  "release-without-portals": release.switchoverWithStoppedPortal,
  "restarted-keeper-releases-at-once": release.releaseAfterRestart,
  "database-not-stopped": permit.isolatedPrimary,
  "silent-controller-ignored": durability.silentController,
  "take-over-compares-nothing": permit.takeOverAppliedLate,
  "take-over-compares-the-term-only": permit.takeOverAppliedLate,
  "automation-switch-ignored": durability.switchedOff,
  "everything-is-promotable": durability.lagThenLoss,
  "unknown-loss-is-no-loss": durability.lagThenRestartThenLoss,
  "rpo-bound-ignored": durability.lagThenLoss,
  "veto-without-end": durability.longLoss,
  "cooldown-without-end": durability.secondLoss,
  "flapping-ignored": durability.flapping,
  "relaxed-before-revoked": durability.lostStandby,
  "never-weakened": durability.lostStandby,
  "never-suspended": durability.nobodyWouldKnow,
  "rewind-before-quarantine": durability.returningWithTail,
  "every-directory-is-an-ancestor": durability.returningWithTail,
  "upstream-never-prepared": durability.returningWithTail,
  "runs-ignore-the-switch": durability.switchedOffBeforeRewind,
  "old-runs-go-on": durability.overtakenRun,
  "approval-costs-attempts": people.approvedLate,
  "approved-by-who-ordered": people.approvedByWhoOrdered,
  "permit-counted-from-answer": permit.stoppedPortalWithAnswer,
  "any-answer-counts": release.switchoverWithOvertaking,
  "no-check-after-commit": release.lateCommit,
  "generation-not-rechecked": durability.lostStandby,
  "warnings-ignored": durability.cancelledWaits,
  "replay-without-proof": durability.cancelledWaits,
  "position-read-before-commit": durability.unreplicatedTail,
  "outbox-ignores-terms": durability.lateQuestion,
  "outbox-trusts-every-term": durability.unreplicatedTail,
};

/**
 * Deviations that no story can show, because another rule of the design stands behind the broken one. What holds in its
 * place is said here, so that nobody takes such a rule for proven by simulation.
 */
export const heldByAnother: Readonly<Record<string, string>> = {
  "promise-starts-a-permit":
    "Who promises also waits at its gate until that promise is over, whatever it had decided before.",
  "take-over-starts-a-permit":
    "The lease that a take-over wrote counts from before the txn was sent, as a renewal does.",
  "promise-before-reading":
    "As above: a promise of a keeper that knows nothing binds it all the same.",
  "promise-for-unknown-term":
    "As above; the asker drops an answer for a term that is not its newest.",
  "promise-after-release":
    "A released primary asks for no promise, and taking back compares the lease.",
  "promise-while-deciding":
    "A primary whose permit has lapsed asks for no promise; and the gate counts every promise given.",
  "promise-of-a-primary":
    "The asker is of another term, which its next answer of the store tells it.",
  "latch-opens-on-time-out":
    "A take-over that wins late waits at the gate for every promise since.",
  "take-over-ignores-sync":
    "Weakening renews the lease meanwhile, and its revision is compared as well.",
  "take-over-ignores-lease":
    "Who goes on alone has weakened, and the revision of sync is compared as well.",
  "controller-promotes-anything": "The keeper asks the same before its take-over is sent.",
  "heard-lease-of-another":
    "A release skips the waits of its own term only, and a take-over compares the lease's revision.",
  "heard-lease-older":
    "A view that is older than what is known is dropped; and a take-over compares the lease's revision.",
  "renewal-compares-nothing":
    "The answer of a renewal carries the newest term, and a keeper that sees another's fences itself.",
  "any-standby-is-promotable":
    "The controller asks the same before it orders (everything-is-promotable breaks both and is found).",
  "keeper-ignores-geo-floor":
    "Needs a standby that lost what it had flushed under the same data id: outside the assumptions.",
  "geo-floor-not-raised": "As above.",
  "keeper-ignores-data-id": "The controller compares the data id before it orders.",
  "safe-without-proof": "The canary commit has waited for this standby, so it has that position.",
  "announced-without-record":
    "Announcing comes after the record in the only path that leads to it.",
  "rewind-before-report": "The run's own order puts the report before the rewind.",
  "steps-not-begun-again": "Steps ensure a state: who begins one again only counts attempts.",
  "old-orders-obeyed":
    "A run is superseded with its term; a late order then changes nothing that matters.",
};

export interface Found {
  readonly mutation: string;
  readonly opening: string;
  /** Seeds that were needed; null when it survived. */
  readonly seeds: number | null;
  readonly result: SimulationResult | null;
}

/** Plants one deviation and looks for it, seed by seed. */
export function hunt(name: string): Found {
  const opening = plan[name];
  const mutation = mutations.find((each) => each.name === name);
  if (opening === undefined || mutation === undefined)
    throw new Error(`no deviation ${name} with a story of its own`);
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const result = runSimulation({ seed, opening, rules: mutation.rules });
    if (result.violation !== undefined)
      return { mutation: name, opening: opening.name, seeds: seed, result };
  }
  return { mutation: name, opening: opening.name, seeds: null, result: null };
}
