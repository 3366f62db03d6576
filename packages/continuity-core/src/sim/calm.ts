import { isOpen, type RunRecord } from "../runs/index.ts";
import { keys } from "../store/index.ts";
import { repairAll } from "./apply-fault.ts";
import { otherRegion, regionNames } from "./places.ts";
import type { World } from "./world.ts";

/**
 * How long after the last fault one region must be writable with the other as its standby (invariant 9). Bounded by what may
 * still be running then: a rejoin with a clone, tool budgets, and the cooldown.
 */
export const recoversWithinMs = 120_000;
const checkEveryMs = 1_000;
/** Outboxes empty themselves after the last write. */
const drainMs = 20_000;

/** Ends every fault, waits for the recovery within its bound, lets outboxes drain, and accounts for every write. */
export function calmDown(world: World, advance: (untilMs: number) => void): void {
  repairAll(world);
  switchBackOn(world);
  const untilMs = world.queue.now + recoversWithinMs;
  let why: string | null = "nothing was looked at";
  while (why !== null && world.queue.now < untilMs && world.observer.violation === undefined) {
    advance(world.queue.now + checkEveryMs);
    why = whyNotRecovered(world);
  }
  if (world.observer.violation !== undefined) return;
  if (why !== null) {
    // An open run alone is invariant 7; whatever else is missing is invariant 9.
    const invariant = why === whyRunsGoOn(world) ? 7 : 9;
    world.observer.violate(invariant, `${recoversWithinMs / 1_000} s after the last fault: ${why}`);
    return;
  }
  for (const browser of world.browsers) browser.isWriting = false;
  advance(world.queue.now + drainMs);
  if (world.observer.violation === undefined) account(world);
}

/** People resume what they paused and switch automation on again. */
function switchBackOn(world: World): void {
  world.operate("automation-on", "witness", "east");
  world.operate("resume-run", "witness", "east");
  for (const atMs of [10_000, 30_000, 60_000]) {
    world.queue.after(atMs, () => {
      world.operate("automation-on", "east", "east");
      world.operate("resume-run", "west", "east");
    });
  }
}

/** Why the installation is not yet as it should be; null when it is. */
export function whyNotRecovered(world: World): string | null {
  const writable = regionNames.filter((region) => world.portals[region].hasPermit());
  const [primary] = writable;
  if (primary === undefined) return "no region is writable";
  const standby = otherRegion(primary);
  const postgres = world.databases[primary];
  const { sync } = world.etcd.values.view();
  if (!world.databases[standby].isStandby) return `${standby} is not a standby`;
  if (postgres.sender === undefined) return `${standby} does not stream`;
  if (sync.record?.safeToPromote !== true) return `${standby} is not recorded as safe`;
  if (!world.portals[primary].geo) return `${primary} does not call writes geo`;
  return whyRunsGoOn(world);
}

/** Invariant 7: no run stays open for ever. */
function whyRunsGoOn(world: World): string | null {
  for (const [, { record }] of world.etcd.values.list("runs/")) {
    const run = record as RunRecord;
    if (isOpen(run)) return `the run ${run.id} (${run.kind}) is still ${run.state.kind}`;
  }
  return null;
}

function account(world: World): void {
  const why = whyNotRecovered(world);
  if (why !== null) {
    world.observer.violate(9, `recovered, and lost again in the calm: ${why}`);
    return;
  }
  const primary = world.etcd.values.get<{ primary: "east" | "west" }>(keys.term).record?.primary;
  if (primary === undefined) return;
  const kept = new Set(world.browsers.flatMap((browser) => browser.keptKeys()));
  world.observer.account(world.databases[primary], kept);
}
