import type { Fault } from "./fault.ts";
import type { Opening } from "./opening.ts";
import { at, fromMs, livingByPromises } from "./script-parts.ts";
import type { World } from "./world.ts";

const pause = (process: string, forMs: number): Fault => ({ kind: "pause", process, forMs });
const kill = (process: string, forMs: number): Fault => ({ kind: "kill", process, forMs });

/**
 * Two keepers run for the standby's site. One promises the primary that it will not take over, the other one, which knows of no
 * such promise, has the controller's ear.
 */
export const secondKeeper: Opening = {
  name: "second-keeper",
  minutes: 0.7,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "second-keeper", region: "west", forMs: 26_000 }),
      ...livingByPromises(fromMs + 4_000 + dice.between(0, 500), dice.between(264, 300), 20_000),
    ],
  }),
};

/** Two keepers run for the primary's site. */
export const secondKeeperOfPrimary: Opening = {
  name: "second-keeper-of-primary",
  minutes: 0.7,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "second-keeper", region: "east", forMs: 8_000 }),
      at(fromMs + dice.between(500, 9_000), { kind: "isolate", place: "east", forMs: 6_000 }),
    ],
  }),
};

/** The data plane of a region, without its member of the quorum. */
const dataPlane = (region: "east" | "west"): readonly string[] =>
  ["keeper", "controller", "portal", "postgres"].map((name) => `${name}.${region}`);

/**
 * The primary's region and the witness are lost, and two people begin a new life of the quorum in the other one. The lost members
 * come back, with a majority, as the older life; the region's data plane only after they were removed.
 */
export const newLife: Opening = {
  name: "new-life",
  minutes: 0.9,
  script: (dice) => ({
    faults: [
      ...dataPlane("east").map((name) => at(fromMs, kill(name, 22_000))),
      at(fromMs, kill("etcd.east", 6_000)),
      at(fromMs, kill("etcd.witness", 6_000)),
      at(fromMs + 4_000 + dice.between(0, 1_000), {
        kind: "force-quorum",
        region: "west",
        forMs: 14_000,
      }),
      // Whoever finds the new life's member slow asks one of the older life.
      at(fromMs + 10_000, { kind: "slow-etcd-disk", site: "west", fsyncMs: 600, forMs: 2_000 }),
    ],
    expectations: [
      { atMs: fromMs + 9_500, invariant: 9, why: whyWestIsNotWritable },
      // The older life has answered, and what was known of the new one still holds.
      { atMs: fromMs + 10_900, invariant: 9, why: whyWestIsNotWritable },
      { atMs: fromMs + 21_500, invariant: 9, why: whyWestIsNotWritable },
    ],
  }),
};

function whyWestIsNotWritable(world: World): string | null {
  return world.portals.west.hasPermit()
    ? null
    : "the region in which the quorum was forced is not writable although nothing is wrong there";
}

/** The same, but the old primary was stopped and not off: it goes on with what it knew, and reads the new life. */
export const newLifeAndOldKeeper: Opening = {
  name: "new-life-and-old-keeper",
  minutes: 0.9,
  script: (dice) => ({
    faults: [
      ...dataPlane("east").map((name) => at(fromMs, pause(name, 12_000 + dice.between(0, 2_000)))),
      at(fromMs, kill("etcd.east", 9_000)),
      at(fromMs, kill("etcd.witness", 9_000)),
      at(fromMs + 4_000, { kind: "force-quorum", region: "west", forMs: 5_000 }),
    ],
  }),
};
