import type { Dice } from "./dice.ts";
import type { Fault } from "./fault.ts";
import type { Opening } from "./opening.ts";
import { at, fromMs, slowPlan } from "./script-parts.ts";

/** A switchover whose old primary has a portal that is stopped when its permit is revoked. */
export const switchoverWithStoppedPortal: Opening = {
  name: "switchover-with-stopped-portal",
  minutes: 0.5,
  script: () => ({
    faults: [at(fromMs, switchoverTo("west"))],
    triggers: [
      {
        who: "controller.east",
        says: "orders its keeper: release",
        afterMs: 0,
        faults: [{ kind: "pause", process: "portal.east", forMs: 1_100 }],
      },
    ],
  }),
};

const switchoverTo = (target: "east" | "west"): Fault => ({
  kind: "operator",
  action: "switchover",
  at: "witness",
  target,
});

/** A switchover while answers of the keeper overtake each other on their way to the portal. */
export const switchoverWithOvertaking: Opening = {
  name: "switchover-with-overtaking",
  minutes: 0.6,
  script: () => ({
    parameters: () => slowPlan,
    triggers: [
      {
        who: "keeper.east",
        says: "releasing → released",
        afterMs: 0,
        faults: [{ kind: "kill", process: "keeper.east", forMs: 6_000 }],
      },
    ],
    faults: [
      at(fromMs - 1_000, {
        kind: "slow-link",
        from: "east",
        to: "east",
        delayMs: 250,
        loss: 0.4,
        forMs: 15_000,
      }),
      at(fromMs, switchoverTo("west")),
    ],
  }),
};

/** Somebody orders the standby to take over although the primary lives. */
export const orderedTooEarly: Opening = {
  name: "ordered-too-early",
  minutes: 0.4,
  script: (dice: Dice) => ({
    controllers: "reckless",
    faults: [
      at(fromMs + dice.between(0, 2_000), {
        kind: "command",
        region: "west",
        command: {
          kind: "take-over",
          order: {
            claim: "too-early",
            run: null,
            cause: "failover",
            evidence: [],
            force: false,
            withinRpo: true,
            mustReach: null,
            acceptGeoLoss: false,
            at: "2026-01-01T00:00:00.000Z",
          },
        },
      }),
    ],
  }),
};

/** The primary's keeper is stopped while its database, on a slow disk, is still committing for its portal. */
export const lateCommit: Opening = {
  name: "late-commit",
  minutes: 0.5,
  script: (dice) => ({
    thinkMs: 100,
    faults: [
      at(fromMs, { kind: "pause", process: "keeper.east", forMs: 6_000 }),
      at(fromMs + dice.between(0, 600), {
        kind: "slow-disk",
        region: "east",
        fsyncMs: 6_000,
        forMs: 6_000,
      }),
    ],
  }),
};

/** A keeper that was just restarted is told to release at once, with a portal that it has never heard of. */
export const releaseAfterRestart: Opening = {
  name: "release-after-restart",
  minutes: 0.3,
  script: (dice: Dice) => ({
    controllers: "reckless",
    faults: [
      at(fromMs, { kind: "pause", process: "portal.east", forMs: 3_000 }),
      at(fromMs + 5, { kind: "kill", process: "keeper.east", forMs: 5 }),
      ...[200, 300, 400, 500, 600, 700].map((afterMs) =>
        at(fromMs + afterMs + dice.between(0, 50), {
          kind: "command",
          region: "east",
          command: { kind: "release" },
        }),
      ),
    ],
  }),
};
