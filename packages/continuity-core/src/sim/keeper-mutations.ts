import { type KeeperRules, keeperRules, type PromiseRefusal } from "../keeper/index.ts";
import { type Mutation, mutation } from "./mutation.ts";

const rules = keeperRules;

/** Grants where only one of these reasons stands against it. */
function granting(...ignored: readonly PromiseRefusal[]): Partial<KeeperRules> {
  return {
    refusePromise(state, question) {
      const reason = rules.refusePromise(state, question);
      return reason !== null && ignored.includes(reason) ? null : reason;
    },
  };
}

/** Deviations from "Time, and the two sources of a permit": clocks, lease and promise. */
export const timeMutations: readonly Mutation[] = [
  mutation("holder-counts-from-answer", "The holder counts from before it sent.", {
    keeper: { holderCountsFrom: (_sentAtMs, answeredAtMs) => answeredAtMs },
  }),
  mutation("holder-uses-larger-plan", "The holder uses the smaller of both plans.", {
    keeper: { promiseWorthMs: (p, validityMs) => Math.max(p.promiseMs, validityMs) },
  }),
  mutation("observer-uses-smaller-plan", "The observer uses the larger of both plans.", {
    keeper: { leaseWaitMs: (p, validityMs) => Math.min(p.leaseMs, validityMs) + p.guardMs },
  }),
  mutation("no-guard", "Every wait of an observer has the guard on top.", {
    keeper: {
      leaseWaitMs: (p, validityMs) => Math.max(p.leaseMs, validityMs),
      promiseWaitMs: (p) => p.promiseMs,
    },
  }),
  mutation("promise-without-guard", "The standby waits for lastPromise + P + guard.", {
    keeper: { promiseWaitMs: (p) => p.promiseMs },
  }),
  mutation("lease-without-guard", "The standby waits until the lease is unchanged for Q + guard.", {
    keeper: { leaseWaitMs: (p, validityMs) => Math.max(p.leaseMs, validityMs) },
  }),
  mutation("promise-not-waited-for", "The standby waits for lastPromise + P + guard.", {
    keeper: { promiseWaitMs: () => 0 },
  }),
  mutation(
    "lease-not-waited-for",
    "The standby waits until the lease is unchanged for Q + guard.",
    {
      keeper: { leaseWaitMs: () => 0 },
    },
  ),
  mutation("promise-starts-a-permit", "The lease starts a permit; a promise only extends one.", {
    keeper: { mayUsePromise: () => true },
  }),
  mutation(
    "take-over-starts-a-permit",
    "A won txn is not a permit: the lease counts from a renewal of its own.",
    { keeper: { startsPermit: () => true } },
  ),
  mutation("found-lease-trusted", "A restart reads nothing into a lease that it finds.", {
    keeper: { trustsFoundLease: () => true },
  }),
  mutation("older-store-believed", "Terms compare as (store generation, term).", {
    keeper: { isNewerStore: () => true },
  }),
  mutation("heard-lease-of-another", "What is heard counts only for the lease that was read.", {
    keeper: { countsHeard: (known, heard) => heard.revision > known.lease.revision },
  }),
  mutation(
    "heard-lease-older",
    "What is heard counts only when it is newer than all that was read.",
    {
      keeper: {
        countsHeard: (known, { record }) =>
          record?.bootId === known.lease.record?.bootId &&
          record?.term === known.lease.record?.term,
      },
    },
  ),
  mutation(
    "standing-clock-trusted",
    "Drop the permit if wall and monotonic clocks disagree by more than the guard.",
    {
      keeper: { distrustsClock: () => false },
    },
  ),
  mutation("wait-not-restarted", "A new revision of the lease restarts the observer's wait.", {
    keeper: {
      leaseSeenAt: (state, _next, nowMs) => (state.view === null ? nowMs : state.leaseSeenAtMs),
    },
  }),
  mutation(
    "stale-answers-count",
    "An answer changes state only for the attempt that waits for it.",
    {
      keeper: { stillWaitsFor: () => true },
    },
  ),
];

/** Deviations from the rules of promises, latch and gate. */
export const promiseMutations: readonly Mutation[] = [
  mutation("promise-before-reading", "No promise before one quorum read since start.", {
    keeper: granting("no-quorum-read-yet"),
  }),
  mutation("promise-for-unknown-term", "No promise for a higher or unknown term.", {
    keeper: granting("unknown-term", "stale-term"),
  }),
  mutation("promise-after-release", "No promise after a release was seen.", {
    keeper: granting("released"),
  }),
  mutation("promise-while-deciding", "No promise once a take-over is decided.", {
    keeper: granting("deciding"),
  }),
  mutation("promise-of-a-primary", "Only the standby promises.", {
    keeper: granting("not-standby"),
  }),
  mutation("last-promise-forgotten-at-start", "lastPromise is `now` at start.", {
    keeper: { lastPromiseAtStart: () => Number.NEGATIVE_INFINITY },
  }),
  mutation("last-promise-forgotten-with-term", "lastPromise survives terms.", {
    keeper: { lastPromiseAfterTerm: () => Number.NEGATIVE_INFINITY },
  }),
  mutation("latch-opens-on-time-out", "A time-out proves nothing: the latch stays.", {
    keeper: { canStillWin: () => false },
  }),
  mutation("gate-skipped", "A won txn is not a permit: the gate waits.", {
    keeper: { gateOpensAtMs: () => Number.NEGATIVE_INFINITY },
  }),
  mutation(
    "gate-ignores-the-old-lease",
    "After a forced take-over the gate waits for the lease as well.",
    {
      keeper: {
        gateOpensAtMs: (state) => state.lastPromiseMs + rules.promiseWaitMs(state.parameters),
      },
    },
  ),
  mutation("every-lease-counts-as-released", "Only a release lets the other side skip the waits.", {
    keeper: { releaseSkipsWaits: () => true },
  }),
];

/** Deviations from release, fencing and the comparisons of txns. */
export const fencingMutations: readonly Mutation[] = [
  mutation("release-without-portals", "A release waits until every portal has confirmed.", {
    keeper: { revocationCompleteAtMs: () => Number.NEGATIVE_INFINITY },
  }),
  mutation(
    "restarted-keeper-releases-at-once",
    "A keeper that restarted waits max(P, Q) + guard first.",
    {
      keeper: {
        revocationCompleteAtMs: (state, change, until) =>
          rules.revocationCompleteAtMs(
            { ...state, startedAtMs: Number.NEGATIVE_INFINITY },
            change,
            until,
          ),
      },
    },
  ),
  mutation("database-not-stopped", "The keeper stops PostgreSQL when the deadline passes.", {
    keeper: { mustFence: () => false },
  }),
  mutation("second-keeper-ignored", "Another boot id seen means: promise nothing, take nothing.", {
    keeper: { isUsurped: () => false },
  }),
  mutation(
    "silent-controller-ignored",
    "The keeper stops renewing when the controller is silent.",
    {
      keeper: { mayRenew: () => true },
    },
  ),
  mutation("take-over-compares-nothing", "Only a compare-and-set starts a term.", {
    keeper: {
      takeOverTxn: (order, view, next) => ({
        ...rules.takeOverTxn(order, view, next),
        compare: [],
      }),
    },
  }),
  mutation("take-over-compares-the-term-only", "A take-over compares the revision of the lease.", {
    keeper: {
      takeOverTxn(order, view, next) {
        const txn = rules.takeOverTxn(order, view, next);
        const compare = txn.compare.filter((each) => each.key !== "lease" && each.key !== "sync");
        return { ...txn, compare };
      },
    },
  }),
  mutation("take-over-ignores-sync", "A take-over compares the revision of sync.", {
    keeper: {
      takeOverTxn(order, view, next) {
        const txn = rules.takeOverTxn(order, view, next);
        return { ...txn, compare: txn.compare.filter((each) => each.key !== "sync") };
      },
    },
  }),
  mutation("take-over-ignores-lease", "A take-over compares the revision of the lease.", {
    keeper: {
      takeOverTxn(order, view, next) {
        const txn = rules.takeOverTxn(order, view, next);
        return { ...txn, compare: txn.compare.filter((each) => each.key !== "lease") };
      },
    },
  }),
  mutation("renewal-compares-nothing", "A renewal compares the term and its own revision.", {
    keeper: { renewTxn: (view, lease) => ({ ...rules.renewTxn(view, lease), compare: [] }) },
  }),
  mutation(
    "any-standby-is-promotable",
    "Unknown state means no; geoFloor, data id and timeline hold.",
    {
      keeper: { whyNotPromotable: () => null },
    },
  ),
  mutation("keeper-ignores-geo-floor", "Flushed LSN ≥ geoFloor, also within the RPO bound.", {
    keeper: {
      whyNotPromotable: (position, sync, order) =>
        rules.whyNotPromotable(position, sync === null ? null : { ...sync, geoFloor: null }, order),
    },
  }),
  mutation(
    "keeper-ignores-data-id",
    "The standby that is promoted is the data that was recorded.",
    {
      keeper: {
        whyNotPromotable: (position, sync, order) =>
          rules.whyNotPromotable(
            position,
            sync === null ? null : { ...sync, standbyDataId: position.dataId },
            order,
          ),
      },
    },
  ),
];
