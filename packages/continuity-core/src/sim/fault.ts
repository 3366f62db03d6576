import type { KeeperCommand } from "../keeper/index.ts";
import { Dice } from "./dice.ts";
import { type Place, quorumSites, type RegionName, regionNames } from "./places.ts";

/** Names of the processes that faults reach, such as `keeper.east` or `etcd.witness`. */
export type ProcessName = string;

export const operatorActions = [
  "switchover",
  "failback",
  "forced-failover",
  "automation-off",
  "automation-on",
  "cancel",
  "pause-run",
  "resume-run",
  "make-ungraceful",
] as const;
export type OperatorAction = (typeof operatorActions)[number];

/** One disturbance, as data: a schedule can be shrunk, printed and scripted. Times and durations in true milliseconds. */
export type Fault =
  | { readonly kind: "kill"; readonly process: ProcessName; readonly forMs: number }
  | { readonly kind: "pause"; readonly process: ProcessName; readonly forMs: number }
  /** Dies just before the n-th effect from now, and stays down for `forMs` after that. */
  | {
      readonly kind: "crash-at-effect";
      readonly process: ProcessName;
      readonly effects: number;
      readonly forMs: number;
    }
  | { readonly kind: "kill-region"; readonly region: RegionName; readonly forMs: number }
  | { readonly kind: "pause-region"; readonly region: RegionName; readonly forMs: number }
  | {
      readonly kind: "cut";
      readonly from: Place;
      readonly to: Place;
      readonly isBothWays: boolean;
      readonly forMs: number;
    }
  | { readonly kind: "isolate"; readonly place: Place; readonly forMs: number }
  | {
      readonly kind: "slow-link";
      readonly from: Place;
      readonly to: Place;
      readonly delayMs: number;
      readonly loss: number;
      readonly forMs: number;
    }
  | { readonly kind: "move-etcd-leader"; readonly to: "east" | "west" | "witness" }
  | {
      readonly kind: "slow-etcd-disk";
      readonly site: "east" | "west" | "witness";
      readonly fsyncMs: number;
      readonly forMs: number;
    }
  | {
      readonly kind: "slow-disk";
      readonly region: RegionName;
      readonly fsyncMs: number;
      readonly forMs: number;
    }
  | { readonly kind: "disk-full"; readonly region: RegionName; readonly forMs: number }
  | { readonly kind: "replay-paused"; readonly region: RegionName; readonly forMs: number }
  | { readonly kind: "clock-rate"; readonly process: ProcessName; readonly rate: number }
  /** The wall clock of a region jumps; its keeper notices that the two clocks disagree. */
  | { readonly kind: "wall-step"; readonly region: RegionName; readonly byMs: number }
  | { readonly kind: "outbox-lost"; readonly browser: number }
  /** Somebody cancels every session that waits for the standby (pg_cancel_backend). */
  | { readonly kind: "cancel-waits"; readonly region: RegionName }
  /**
   * A second keeper runs for a site whose lock does not hold: it has the site's controller, portal and database, while the first one
   * still answers the other region.
   */
  | { readonly kind: "second-keeper"; readonly region: RegionName; readonly forMs: number }
  /**
   * The majority of the quorum store is given up for lost, and the region begins a new life of it. For so long the old members live
   * on beside it, in their older life.
   */
  | { readonly kind: "force-quorum"; readonly region: RegionName; readonly forMs: number }
  /**
   * The machine of a region is suspended: its processes stop, and so do their monotonic clocks, which the design puts outside its assumptions
   * but for what is said of it. Wall clocks go on.
   */
  | { readonly kind: "suspend-region"; readonly region: RegionName; readonly forMs: number }
  /** Somebody orders a forced failover that waits for two approvers. */
  | {
      readonly kind: "guarded-failover";
      readonly at: "east" | "west" | "witness";
      readonly target: RegionName;
      readonly by: string;
    }
  /** Somebody approves what waits for it. */
  | { readonly kind: "approval"; readonly at: "east" | "west" | "witness"; readonly by: string }
  /** A command for a keeper, from whoever may give it one. */
  | { readonly kind: "command"; readonly region: RegionName; readonly command: KeeperCommand }
  | {
      readonly kind: "operator";
      readonly action: OperatorAction;
      /** Whose controller is asked. */
      readonly at: "east" | "west" | "witness";
      readonly target: RegionName;
    };

export interface ScheduledFault {
  readonly atMs: number;
  readonly fault: Fault;
}

const stoppable: readonly ProcessName[] = [
  ...regionNames.flatMap((region) => [
    `keeper.${region}`,
    `controller.${region}`,
    `portal.${region}`,
    `postgres.${region}`,
    `etcd.${region}`,
  ]),
  "controller.witness",
  "etcd.witness",
];

const killable = stoppable;
const crashable: readonly ProcessName[] = [
  "keeper.east",
  "keeper.west",
  "controller.east",
  "controller.west",
  "controller.witness",
];

const links: readonly (readonly [Place, Place])[] = [
  ["east", "west"],
  ["east", "witness"],
  ["west", "witness"],
  ["east", "edge"],
  ["west", "edge"],
];

/** From blinks, shorter than any time-out, to outages longer than every one of them. */
const outageMs = (dice: Dice): number => dice.magnitude(100, 40_000);

type Maker = (dice: Dice) => Fault;

/** What can happen, weighted by repetition. */
const makers: readonly Maker[] = [
  (dice) => ({ kind: "kill", process: dice.pick(killable), forMs: outageMs(dice) }),
  (dice) => ({ kind: "kill", process: dice.pick(killable), forMs: outageMs(dice) }),
  (dice) => ({ kind: "pause", process: dice.pick(stoppable), forMs: outageMs(dice) }),
  (dice) => ({ kind: "pause", process: dice.pick(stoppable), forMs: outageMs(dice) }),
  (dice) => ({
    kind: "crash-at-effect",
    process: dice.pick(crashable),
    effects: dice.integer(0, 30),
    forMs: outageMs(dice),
  }),
  (dice) => ({
    kind: "crash-at-effect",
    process: dice.pick(crashable),
    effects: dice.integer(0, 30),
    forMs: outageMs(dice),
  }),
  (dice) => ({ kind: "kill-region", region: dice.pick(regionNames), forMs: outageMs(dice) }),
  (dice) => ({ kind: "pause-region", region: dice.pick(regionNames), forMs: outageMs(dice) }),
  cutOf,
  cutOf,
  cutOf,
  (dice) => ({ kind: "isolate", place: dice.pick(quorumSites), forMs: outageMs(dice) }),
  (dice) => {
    const [from, to] = dice.pick(links);
    const loss = dice.between(0, 0.2);
    const delayMs = dice.magnitude(1, 400);
    return { kind: "slow-link", from, to, delayMs, loss, forMs: outageMs(dice) };
  },
  (dice) => ({ kind: "move-etcd-leader", to: dice.pick(quorumSites) }),
  (dice) => ({
    kind: "slow-etcd-disk",
    site: dice.pick(quorumSites),
    fsyncMs: dice.magnitude(20, 2_000),
    forMs: outageMs(dice),
  }),
  (dice) => ({
    kind: "slow-disk",
    region: dice.pick(regionNames),
    fsyncMs: dice.magnitude(20, 1_000),
    forMs: outageMs(dice),
  }),
  (dice) => ({ kind: "disk-full", region: dice.pick(regionNames), forMs: outageMs(dice) }),
  (dice) => ({ kind: "replay-paused", region: dice.pick(regionNames), forMs: outageMs(dice) }),
  (dice) => ({
    kind: "clock-rate",
    process: dice.pick(stoppable),
    rate: 1 + dice.between(-0.04, 0.04),
  }),
  (dice) => ({
    kind: "wall-step",
    region: dice.pick(regionNames),
    byMs: dice.magnitude(200, 3_600_000),
  }),
  (dice) => ({ kind: "outbox-lost", browser: dice.integer(0, 5) }),
  (dice) => ({ kind: "cancel-waits", region: dice.pick(regionNames) }),
  operatorOf,
  operatorOf,
  operatorOf,
  operatorOf,
];

function cutOf(dice: Dice): Fault {
  const [one, other] = dice.pick(links);
  const isForward = dice.chance(0.5);
  return {
    kind: "cut",
    from: isForward ? one : other,
    to: isForward ? other : one,
    isBothWays: dice.chance(0.5),
    forMs: outageMs(dice),
  };
}

function operatorOf(dice: Dice): Fault {
  return {
    kind: "operator",
    action: dice.pick(operatorActions),
    at: dice.pick(quorumSites),
    target: dice.pick(regionNames),
  };
}

/**
 * The faults of a seed: on average `perMinute`, a third of them close behind another one, because the second
 * fault in the middle of a recovery is what breaks systems.
 */
export function scheduleFaults(
  seed: number,
  minutes: number,
  perMinute: number,
): readonly ScheduledFault[] {
  const dice = new Dice(seed, "faults");
  const faults: ScheduledFault[] = [];
  // The installation first comes up undisturbed.
  const fromMs = 10_000;
  const count = Math.round(minutes * perMinute);
  let lastMs = fromMs;
  for (let index = 0; index < count; index += 1) {
    const isBehind = index > 0 && dice.chance(1 / 3);
    const atMs = isBehind
      ? lastMs + dice.magnitude(20, 8_000)
      : dice.between(fromMs, minutes * 60_000);
    lastMs = atMs;
    faults.push({ atMs: Math.min(atMs, minutes * 60_000), fault: dice.pick(makers)(dice) });
  }
  return faults.sort((one, other) => one.atMs - other.atMs);
}

/** One line for people. */
export function describeFault(fault: Fault): string {
  const seconds = "forMs" in fault ? ` for ${(fault.forMs / 1_000).toFixed(1)} s` : "";
  switch (fault.kind) {
    case "kill":
    case "pause":
      return `${fault.kind} ${fault.process}${seconds}`;
    case "crash-at-effect":
      return `${fault.process} will die before its effect ${fault.effects + 1}, down${seconds}`;
    case "kill-region":
    case "pause-region":
      return `${fault.kind.replace("-", " ")} ${fault.region}${seconds}`;
    case "cut":
      return `cut ${fault.from} ${fault.isBothWays ? "↔" : "→"} ${fault.to}${seconds}`;
    case "isolate":
      return `isolate ${fault.place}${seconds}`;
    case "slow-link":
      return `${fault.from} → ${fault.to} takes ${fault.delayMs.toFixed(0)} ms, loss ${fault.loss.toFixed(2)}${seconds}`;
    case "move-etcd-leader":
      return `etcd's leader moves to ${fault.to}`;
    case "slow-etcd-disk":
      return `etcd's disk in ${fault.site} takes ${fault.fsyncMs.toFixed(0)} ms${seconds}`;
    case "slow-disk":
      return `PostgreSQL's disk in ${fault.region} takes up to ${fault.fsyncMs.toFixed(0)} ms${seconds}`;
    case "disk-full":
    case "replay-paused":
      return `${fault.kind.replace("-", " ")} in ${fault.region}${seconds}`;
    case "clock-rate":
      return `the clock of ${fault.process} runs at ${fault.rate.toFixed(4)}`;
    case "wall-step":
      return `the wall clock of ${fault.region} jumps by ${fault.byMs.toFixed(0)} ms`;
    case "outbox-lost":
      return `browser ${fault.browser + 1} and its outbox are gone`;
    case "cancel-waits":
      return `somebody cancels all waits in ${fault.region}`;
    case "second-keeper":
      return `a second keeper runs in ${fault.region}${seconds}`;
    case "force-quorum":
      return `two people begin a new life of the quorum in ${fault.region}; the older one goes on${seconds}`;
    case "suspend-region":
      return `the machine of ${fault.region} is suspended, clocks and all${seconds}`;
    case "guarded-failover":
      return `${fault.by} orders a failover to ${fault.target} that waits for two approvers`;
    case "approval":
      return `${fault.by} approves`;
    case "command":
      return `keeper.${fault.region} is told: ${fault.command.kind}`;
    case "operator":
      return `an operator asks the controller of ${fault.at}: ${fault.action} (${fault.target})`;
  }
}
