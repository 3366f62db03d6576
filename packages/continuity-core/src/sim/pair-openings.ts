import type { Fault, ScheduledFault } from "./fault.ts";
import type { Opening } from "./opening.ts";
import { at, fromMs, livingByPromises, plan } from "./script-parts.ts";

const longPromise = plan({ promiseMs: 3_000 });

const forced: Fault = {
  kind: "operator",
  action: "forced-failover",
  at: "west",
  target: "west",
};

const faultsOf = (scheduled: readonly ScheduledFault[]): readonly Fault[] =>
  scheduled.map(({ fault }) => fault);

/** The primary's keeper restarts, and from then on only promises reach it. */
export const promisesOnly: Opening = {
  name: "promises-only",
  minutes: 0.7,
  script: (dice) => ({
    faults: [at(fromMs, { kind: "kill", process: "keeper.east", forMs: 1_000 })],
    triggers: [
      {
        who: "keeper.east",
        says: "idle → resuming",
        afterMs: 0,
        faults: faultsOf(livingByPromises(0, dice.between(264, 300), 14_000)),
      },
    ],
  }),
};

/** Who has won a term by force restarts, while the old primary still asks it for promises. */
export const promisedAfterWinning: Opening = {
  name: "promised-after-winning",
  minutes: 0.7,
  script: (dice) => ({
    parameters: () => longPromise,
    faults: [
      ...livingByPromises(fromMs, dice.between(264, 300), 16_000),
      at(fromMs + 3_000 + dice.between(0, 500), forced),
    ],
    triggers: [
      {
        who: "keeper.west",
        says: "force-take-over won",
        afterMs: 0,
        faults: [{ kind: "kill", process: "keeper.west", forMs: dice.between(1_800, 2_300) }],
      },
    ],
  }),
};

/** A forced take-over is decided and its txn lies in a stopped member, while the old primary still asks for promises. */
export const promisedWhileDeciding: Opening = {
  name: "promised-while-deciding",
  minutes: 0.7,
  script: (dice) => ({
    faults: [
      ...livingByPromises(fromMs, dice.between(264, 300), 16_000),
      at(fromMs + 2_500 + dice.between(0, 500), forced),
    ],
    triggers: [
      {
        who: "keeper.west",
        says: "standby → deciding",
        afterMs: 0,
        faults: [
          { kind: "pause", process: "etcd.west", forMs: 1_700 },
          { kind: "cut", from: "west", to: "witness", isBothWays: true, forMs: 1_700 },
        ],
      },
    ],
  }),
};

/** A release is taken back at once, and the standby hears of it from the store's watch long after. */
export const releaseTakenBack: Opening = {
  name: "release-taken-back",
  minutes: 0.6,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "kill", process: "controller.west", forMs: 1_200 }),
      // Nobody is left who could say that the primary serves.
      at(fromMs, { kind: "kill", process: "controller.east", forMs: 8_000 }),
      at(fromMs, { kind: "kill", process: "controller.witness", forMs: 8_000 }),
      at(fromMs, { kind: "command", region: "east", command: { kind: "release" } }),
      at(fromMs + dice.between(450, 550), {
        kind: "command",
        region: "east",
        command: { kind: "take-back" },
      }),
    ],
  }),
};
