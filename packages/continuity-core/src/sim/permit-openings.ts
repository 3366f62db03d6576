import type { Fault } from "./fault.ts";
import type { Opening } from "./opening.ts";
import { at, fromMs, plan, slowPlan, verySlowPlan } from "./script-parts.ts";

const isolateEast = (forMs: number): Fault => ({ kind: "isolate", place: "east", forMs });

/** A holder whose clock is slow and an observer whose clock is fast, both as far as assumed. */
const worstClocks = {
  "keeper.east": 0.96,
  "portal.east": 0.96,
  "keeper.west": 1.04,
  "controller.west": 1.04,
} as const;

/** The primary region is alone for a while; its clocks and the standby's drift apart as far as they may. */
export const isolatedPrimary: Opening = {
  name: "isolated-primary",
  minutes: 1.2,
  script: (dice) => ({
    // A keeper that has just started waits for its own P + guard before it serves.
    faults: [at(35_000 + dice.between(0, 2_000), isolateEast(25_000))],
    clockRates: worstClocks,
    parameters: () => verySlowPlan,
  }),
};

/** The same, and the regions have not seen each other for so long that only the lease counts. */
export const isolatedAndUnpromised: Opening = {
  name: "isolated-and-unpromised",
  minutes: 1.5,
  script: (dice) => ({
    // Writes that nobody else has would be suspended long before the lease is over.
    quiet: { fromMs: 29_000, toMs: 75_000 },
    faults: [
      at(30_000, { kind: "cut", from: "east", to: "west", isBothWays: true, forMs: 50_000 }),
      at(43_600 + dice.between(0, 1_000), isolateEast(25_000)),
    ],
    clockRates: worstClocks,
    parameters: () => verySlowPlan,
  }),
};

/** A portal is stopped while the answer to its question is on the way, and continues after its region was replaced. */
export const stoppedPortalWithAnswer: Opening = {
  name: "stopped-portal-with-answer",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 1_000);
    const slow = { kind: "slow-link", from: "east", to: "east", delayMs: 30, loss: 0 } as const;
    return {
      faults: [
        at(start - 500, { ...slow, forMs: 8_000 }),
        at(start, isolateEast(8_000)),
        at(start + dice.between(700, 1_150), {
          kind: "pause",
          process: "portal.east",
          forMs: dice.between(400, 1_200),
        }),
      ],
    };
  },
};

/** The same for a keeper whose renewal is on the way. */
export const stoppedKeeperWithAnswer: Opening = {
  name: "stopped-keeper-with-answer",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 1_000);
    return {
      faults: [
        at(start, { kind: "pause", process: "keeper.east", forMs: dice.between(1_400, 2_600) }),
        at(start + dice.between(60, 150), isolateEast(8_000)),
      ],
    };
  },
};

/** A longer plan is being rolled out: the primary has it, the standby not yet. */
export const unequalPlans: Opening = {
  name: "unequal-plans",
  minutes: 0.5,
  script: (dice) => ({
    faults: [at(fromMs + dice.between(0, 2_000), isolateEast(8_000))],
    parameters: (region) =>
      region === "east" ? plan({ promiseMs: 3_000, leaseMs: 3_000 }) : plan({}),
  }),
};

/** Only the promise's part of the plan differs. */
export const unequalPromises: Opening = {
  name: "unequal-promises",
  minutes: 0.5,
  script: (dice) => ({
    faults: [at(fromMs + dice.between(0, 2_000), isolateEast(8_000))],
    parameters: (region) => (region === "east" ? plan({ promiseMs: 3_000 }) : plan({})),
  }),
};

/** Only the lease's part of the plan differs, so that the promise is over long before. */
export const unequalLeases: Opening = {
  name: "unequal-leases",
  minutes: 0.5,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "kill", process: "controller.witness", forMs: 12_000 }),
      at(fromMs, { kind: "cut", from: "east", to: "west", isBothWays: true, forMs: 12_000 }),
      at(fromMs + 2_500 + dice.between(0, 500), isolateEast(8_000)),
    ],
    parameters: (region) => (region === "east" ? plan({ leaseMs: 3_000 }) : plan({})),
  }),
};

/** The quorum is silent for a moment, and when it answers again the primary cannot reach it: only the promise holds. */
export const quorumBlink: Opening = {
  name: "quorum-blink",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 500);
    const pause = (process: string, forMs: number): Fault => ({ kind: "pause", process, forMs });
    return {
      faults: [
        at(start, pause("etcd.west", 1_450)),
        at(start, pause("etcd.east", 9_000)),
        at(start + 1_000, {
          kind: "slow-link",
          from: "east",
          to: "witness",
          delayMs: 700,
          loss: 0,
          forMs: 8_000,
        }),
        at(start + 1_440, {
          kind: "slow-link",
          from: "west",
          to: "east",
          delayMs: dice.between(150, 320),
          loss: 0,
          forMs: 8_000,
        }),
      ],
    };
  },
};

const longPromise = plan({ promiseMs: 3_000 });

/** The standby's keeper restarts while the primary lives by a promise that it gave before; then the primary is alone. */
export const restartedPromiser: Opening = {
  name: "restarted-promiser",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 500);
    const pause = (process: string): Fault => ({ kind: "pause", process, forMs: 1_450 });
    return {
      faults: [
        at(start, pause("etcd.west")),
        at(start, pause("etcd.east")),
        at(start + 1_300, { kind: "kill", process: "keeper.west", forMs: 30 }),
        at(start + 1_440, isolateEast(8_000)),
      ],
      parameters: () => longPromise,
    };
  },
};

/** An operator forces a failover just after the primary was promised something, and then it is alone. */
export const forcedAfterPromise: Opening = {
  name: "forced-after-promise",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 500);
    return {
      faults: [at(start, isolateEast(8_000)), at(start + dice.between(20, 200), forced("west"))],
      parameters: () => longPromise,
    };
  },
};

const forced = (target: "east" | "west"): Fault => ({
  kind: "operator",
  action: "forced-failover",
  at: target,
  target,
});

/** The regions cannot see each other, so only the lease holds, when an operator forces a failover. */
export const forcedAgainstTheLease: Opening = {
  name: "forced-against-the-lease",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 500);
    return {
      faults: [
        at(start, { kind: "cut", from: "east", to: "west", isBothWays: true, forMs: 10_000 }),
        at(start + 3_000, isolateEast(6_000)),
        at(start + 3_000 + dice.between(20, 200), forced("west")),
      ],
    };
  },
};

/** Only the lease holds, and nobody can tell the standby that the primary still serves. */
export const leaseAlone: Opening = {
  name: "lease-alone",
  minutes: 0.4,
  script: () => ({
    faults: [
      at(fromMs, { kind: "kill", process: "controller.witness", forMs: 9_000 }),
      at(fromMs, { kind: "kill", process: "controller.east", forMs: 9_000 }),
      at(fromMs, { kind: "cut", from: "east", to: "west", isBothWays: true, forMs: 9_000 }),
      // Renewals are rare enough for a take-over to come between two of them.
      at(fromMs, {
        kind: "slow-link",
        from: "east",
        to: "witness",
        delayMs: 200,
        loss: 0,
        forMs: 9_000,
      }),
    ],
  }),
};

/** The primary renews its lease in the very moment in which the standby decides, and is cut off again. */
export const lateRenewal: Opening = {
  name: "late-renewal",
  minutes: 0.6,
  script: (dice) => ({
    faults: [at(fromMs, isolateEast(dice.between(5_350, 5_750)))],
    triggers: [
      { who: "keeper.east", says: "fenced → resuming", afterMs: 5, faults: [isolateEast(9_000)] },
    ],
    parameters: () => slowPlan,
  }),
};

/** A take-over lies in a stopped member of the quorum store until the primary has long come back and gone on alone. */
export const takeOverAppliedLate: Opening = {
  name: "take-over-applied-late",
  minutes: 0.6,
  script: (dice) => ({
    thinkMs: 200,
    faults: [at(fromMs + dice.between(0, 500), isolateEast(2_300))],
    triggers: [
      {
        who: "keeper.west",
        says: "standby → deciding",
        afterMs: 0,
        faults: [
          { kind: "pause", process: "etcd.west", forMs: 13_000 },
          { kind: "cut", from: "west", to: "witness", isBothWays: true, forMs: 13_000 },
          { kind: "cut", from: "west", to: "east", isBothWays: true, forMs: 13_000 },
        ],
      },
    ],
  }),
};

/** A keeper restarts in a region that is cut off right after it has read the quorum. */
export const restartedHolder: Opening = {
  name: "restarted-holder",
  minutes: 0.5,
  script(dice) {
    const start = fromMs + dice.between(0, 500);
    return {
      faults: [
        at(start, { kind: "kill", process: "keeper.east", forMs: dice.between(1_500, 2_400) }),
      ],
      triggers: [
        { who: "keeper.east", says: "claim-site won", afterMs: 1, faults: [isolateEast(9_000)] },
      ],
      parameters: () => plan({ leaseMs: 4_000 }),
    };
  },
};
