import type { Fault, ScheduledFault } from "./fault.ts";
import type { Opening } from "./opening.ts";
import type { World } from "./world.ts";

const fromMs = 12_000;
const at = (atMs: number, fault: Fault): ScheduledFault => ({ atMs, fault });

const cutRegions = (forMs: number): Fault => ({
  kind: "cut",
  from: "east",
  to: "west",
  isBothWays: true,
  forMs,
});

/** The standby is cut off for long: every synchronous commit hangs until replication is weakened. */
export const lostStandby: Opening = {
  name: "lost-standby",
  minutes: 0.7,
  script: (dice) => ({
    thinkMs: 150,
    faults: [at(fromMs + dice.between(0, 1_000), cutRegions(20_000))],
    expectations: [{ atMs: fromMs + 18_000, invariant: 9, why: whyGeoHangs }],
  }),
};

/** Commits of class geo go on, labelled, some seconds after the standby was lost. */
function whyGeoHangs(world: World): string | null {
  const since = world.queue.now - 5_000;
  for (const { as, atMs } of world.observer.acknowledged.values())
    if (as === "single-region" && atMs > since) return null;
  return "commits of class geo hang although the standby was lost long ago";
}

/** The standby is cut off, and portals hear of a change late. */
export const lostStandbyAndSlowNews: Opening = {
  name: "lost-standby-and-slow-news",
  minutes: 0.7,
  script: (dice) => ({
    thinkMs: 100,
    faults: [
      at(fromMs + dice.between(0, 1_000), cutRegions(20_000)),
      at(fromMs, {
        kind: "slow-link",
        from: "east",
        to: "east",
        delayMs: 400,
        loss: 0.1,
        forMs: 20_000,
      }),
    ],
  }),
};

/** Somebody cancels the sessions that wait for a standby that is cut off. */
export const cancelledWaits: Opening = {
  name: "cancelled-waits",
  minutes: 0.4,
  script: (dice) => ({
    thinkMs: 150,
    faults: [
      at(fromMs, cutRegions(6_000)),
      at(fromMs + dice.between(1_000, 3_000), { kind: "cancel-waits", region: "east" }),
    ],
  }),
};

/** The standby lags for longer than the plan allows, and then the primary is lost. */
export const lagThenLoss: Opening = {
  name: "lag-then-loss",
  minutes: 1,
  script: (dice) => ({
    thinkMs: 200,
    faults: [
      at(fromMs, { kind: "disk-full", region: "west", forMs: 18_000 + dice.between(0, 400) }),
      at(fromMs + 18_000, { kind: "kill-region", region: "east", forMs: 12_000 }),
    ],
  }),
};

/** The same, and the standby was restarted in between: it cannot know what it lacks. */
export const lagThenRestartThenLoss: Opening = {
  name: "lag-then-restart-then-loss",
  minutes: 1,
  script: () => ({
    thinkMs: 200,
    faults: [
      at(fromMs, { kind: "disk-full", region: "west", forMs: 18_000 }),
      at(fromMs + 17_900, cutRegions(15_000)),
      at(fromMs + 18_100, { kind: "kill", process: "keeper.west", forMs: 50 }),
      at(fromMs + 20_500, { kind: "kill-region", region: "east", forMs: 12_000 }),
    ],
  }),
};

/** The primary is gone for long. */
export const longLoss: Opening = {
  name: "long-loss",
  minutes: 0.8,
  script: () => ({
    faults: [at(fromMs, { kind: "kill-region", region: "east", forMs: 30_000 })],
    expectations: [{ atMs: fromMs + 20_000, invariant: 9, why: whyNothingIsWritable }],
  }),
};

/** Neither the quorum nor the standby's database is there, and only the promise lets the primary go on. */
export const nobodyWouldKnow: Opening = {
  name: "nobody-would-know",
  minutes: 0.7,
  script: () => ({
    thinkMs: 150,
    faults: [
      at(fromMs, { kind: "kill", process: "controller.west", forMs: 18_000 }),
      at(fromMs, { kind: "disk-full", region: "west", forMs: 18_000 }),
      at(fromMs, { kind: "kill", process: "postgres.west", forMs: 18_000 }),
      at(fromMs + 100, { kind: "pause", process: "etcd.west", forMs: 18_000 }),
      at(fromMs + 100, { kind: "pause", process: "etcd.witness", forMs: 18_000 }),
    ],
    expectations: [{ atMs: fromMs + 15_000, invariant: 5, why: whyTooMuchIsAtRisk }],
  }),
};

function whyTooMuchIsAtRisk(world: World): string | null {
  const since = world.queue.now - 5_000;
  for (const { atMs } of world.observer.acknowledged.values())
    if (atMs > since) return "writes are acknowledged that nobody else could ever know of";
  return null;
}

/** Position numbers cross a failover: what was acknowledged but never replicated must come back from the outboxes. */
export const unreplicatedTail: Opening = {
  name: "unreplicated-tail",
  minutes: 1,
  script: (dice) => ({
    thinkMs: 120,
    faults: [
      at(fromMs, cutRegions(20_000)),
      at(fromMs + dice.between(500, 1_100), {
        kind: "kill-region",
        region: "east",
        forMs: 15_000,
      }),
    ],
  }),
};

/** The primary is lost while automation is switched off, and people are slow. */
export const switchedOff: Opening = {
  name: "switched-off",
  minutes: 0.6,
  script: () => ({
    faults: [
      at(fromMs, { kind: "operator", action: "automation-off", at: "witness", target: "east" }),
      at(fromMs + 2_000, { kind: "kill-region", region: "east", forMs: 10_000 }),
    ],
  }),
};

/** A region is lost and returns with a tail that exists nowhere else. */
export const returningWithTail: Opening = {
  name: "returning-with-tail",
  minutes: 1,
  script: (dice) => ({
    thinkMs: 120,
    faults: [
      at(fromMs, cutRegions(8_000)),
      at(fromMs + dice.between(800, 3_000), { kind: "isolate", place: "east", forMs: 15_000 }),
      at(fromMs + 3_100, { kind: "outbox-lost", browser: 0 }),
    ],
  }),
};

/** Somebody switches automation off while a region that has returned is just about to rewind its data. */
export const switchedOffBeforeRewind: Opening = {
  name: "switched-off-before-rewind",
  minutes: 1,
  script: (dice) => ({
    thinkMs: 120,
    faults: returningWithTail.script(dice).faults,
    triggers: [
      {
        who: "controller.east",
        says: "finish-step tail-reported",
        afterMs: 0,
        faults: [{ kind: "operator", action: "automation-off", at: "witness", target: "east" }],
      },
    ],
  }),
};

/** The primary is lost for good a while after a failover and its rejoin: the second loss is like the first. */
export const secondLoss: Opening = {
  name: "second-loss",
  minutes: 2,
  script: () => ({
    faults: [
      at(fromMs, { kind: "kill-region", region: "east", forMs: 5_000 }),
      at(fromMs + 60_000, { kind: "kill-region", region: "west", forMs: 40_000 }),
    ],
    expectations: [{ atMs: fromMs + 80_000, invariant: 9, why: whyNothingIsWritable }],
  }),
};

/** The primary is lost twice within the hour, and the plan allows one failover by itself. */
export const flapping: Opening = {
  name: "flapping",
  minutes: 1.8,
  script: () => ({
    policy: { failoversPerHourMax: 1 },
    faults: [
      at(fromMs, { kind: "kill-region", region: "east", forMs: 5_000 }),
      at(fromMs + 60_000, { kind: "kill-region", region: "west", forMs: 20_000 }),
    ],
    expectations: [{ atMs: fromMs + 79_000, invariant: 8, why: whyItFlaps }],
  }),
};

function whyItFlaps(world: World): string | null {
  return world.observer.lastTerm > 2
    ? "a second failover happens by itself although the plan allows one an hour"
    : null;
}

function whyNothingIsWritable(world: World): string | null {
  const isWritable = world.portals.east.hasPermit() || world.portals.west.hasPermit();
  return isWritable ? null : "20 s after the loss of the primary no region is writable";
}

/** The controller of the primary is gone for good: somebody must be able to take over its region's duty. */
export const silentController: Opening = {
  name: "silent-controller",
  minutes: 1,
  script: () => ({
    faults: [at(fromMs, { kind: "pause", process: "controller.east", forMs: 45_000 })],
    expectations: [{ atMs: fromMs + 30_000, invariant: 9, why: whyNobodyTendsThePrimary }],
  }),
};

function whyNobodyTendsThePrimary(world: World): string | null {
  return world.portals.east.hasPermit()
    ? "the primary has gone on for 30 s without a controller that could weaken, restart or move it"
    : null;
}

/** A switchover is paused before its first step, and the primary is moved by another order meanwhile. */
export const overtakenRun: Opening = {
  name: "overtaken-run",
  minutes: 1.5,
  script: () => ({
    faults: [
      at(fromMs, { kind: "kill", process: "controller.east", forMs: 4_000 }),
      at(fromMs + 200, operator("switchover", "west")),
      at(fromMs + 800, operator("pause-run", "west")),
      at(fromMs + 10_000, operator("forced-failover", "west")),
    ],
    expectations: [{ atMs: fromMs + 70_000, invariant: 7, why: whyEastIsNotBack }],
  }),
};

const operator = (
  action: "switchover" | "pause-run" | "forced-failover",
  target: "west",
): Fault => ({
  kind: "operator",
  action,
  at: "witness",
  target,
});

function whyEastIsNotBack(world: World): string | null {
  return world.databases.east.isStandby
    ? null
    : "a paused run of an earlier term keeps a region from returning for 60 s";
}

/** What was acknowledged and not replicated is asked about only after the old region has returned and follows. */
export const lateQuestion: Opening = {
  name: "late-question",
  minutes: 1,
  script: (dice) => ({
    thinkMs: dice.between(300, 700),
    // Who had no request on the way when the region died does not notice its death.
    quiet: { fromMs: fromMs + 1_195, toMs: 48_000 },
    faults: [
      at(fromMs, cutRegions(12_000)),
      at(fromMs + 1_200, { kind: "kill-region", region: "east", forMs: 8_000 }),
    ],
  }),
};
