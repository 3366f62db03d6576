import { describeFault, type Fault, type ProcessName } from "./fault.ts";
import { type Place, places, quorumSites, type RegionName, regionNames } from "./places.ts";
import type { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/** Lets a fault happen now, and its end when its time is over. */
export function applyFault(world: World, fault: Fault): void {
  world.note("fault", () => describeFault(fault));
  const end = begin(world, fault);
  if (end === undefined || !("forMs" in fault)) return;
  world.queue.after(fault.forMs, () => {
    world.note("fault", () => `over: ${describeFault(fault)}`);
    end();
  });
}

/** Everything that faults broke is repaired: links, processes, disks, clocks' rates stay. */
export function repairAll(world: World): void {
  world.note("fault", () => "everything is repaired, nothing more happens");
  world.etcd.endOlderLife();
  for (const region of regionNames) world.endSecondKeeper(region);
  for (const from of places) for (const to of places) repairLink(world, from, to);
  for (const region of regionNames) {
    const postgres = world.databases[region];
    postgres.isDiskFull = false;
    postgres.slowDiskMs = 0;
    postgres.isReplayPaused = false;
  }
  for (const process of world.processes()) revive(process);
  for (const site of quorumSites) world.etcd.fsyncMs[site] = 2;
}

function begin(world: World, fault: Fault): (() => void) | undefined {
  switch (fault.kind) {
    case "kill":
      return killOne(world, fault.process);
    case "pause":
      return pauseAll([world.process(fault.process)]);
    case "crash-at-effect":
      world.process(fault.process).crashBeforeEffect(fault.effects, fault.forMs);
      return undefined;
    case "kill-region":
      return killRegion(world, fault.region);
    case "pause-region":
      return pauseAll(world.processesIn(fault.region));
    case "suspend-region":
      return suspend(world.processesIn(fault.region));
    case "guarded-failover":
      world.controllers.orderGuarded(fault.at, fault.target, fault.by);
      return undefined;
    case "approval":
      world.controllers.approve(fault.at, fault.by);
      return undefined;
    case "operator":
      world.operate(fault.action, fault.at, fault.target);
      return undefined;
    case "outbox-lost":
      world.loseOutbox(fault.browser);
      return undefined;
    case "cancel-waits":
      world.databases[fault.region].cancelAllWaits();
      return undefined;
    case "second-keeper":
      world.startSecondKeeper(fault.region);
      return () => world.endSecondKeeper(fault.region);
    case "force-quorum":
      world.forceQuorum(fault.region);
      return () => world.etcd.endOlderLife();
    case "command":
      world.keepers[fault.region].command(fault.command, (outcome) =>
        world.note("fault", () => `${fault.command.kind}: ${outcome.kind}`),
      );
      return undefined;
    case "clock-rate":
      world.process(fault.process).setClockRate(fault.rate);
      return undefined;
    case "wall-step":
      world.keepers[fault.region].dispatch({ kind: "clocks-disagree", byMs: fault.byMs });
      return undefined;
    case "cut":
    case "isolate":
    case "slow-link":
      return disturbNetwork(world, fault);
    case "move-etcd-leader":
    case "slow-etcd-disk":
    case "slow-disk":
    case "disk-full":
    case "replay-paused":
      return disturbStorage(world, fault);
  }
}

function disturbNetwork(
  world: World,
  fault: Extract<Fault, { kind: "cut" | "isolate" | "slow-link" }>,
): () => void {
  const { network } = world;
  if (fault.kind === "slow-link") {
    network.setQuality(fault.from, fault.to, fault.delayMs, fault.loss);
    return () => network.restore(fault.from, fault.to);
  }
  const cut: (readonly [Place, Place])[] = [];
  if (fault.kind === "cut") {
    cut.push([fault.from, fault.to]);
    if (fault.isBothWays) cut.push([fault.to, fault.from]);
  } else {
    for (const other of places) cut.push([fault.place, other], [other, fault.place]);
  }
  for (const [from, to] of cut) network.cut(from, to);
  return () => {
    for (const [from, to] of cut) network.heal(from, to);
  };
}

type StorageFault = Extract<
  Fault,
  {
    kind: "move-etcd-leader" | "slow-etcd-disk" | "slow-disk" | "disk-full" | "replay-paused";
  }
>;

function disturbStorage(world: World, fault: StorageFault): (() => void) | undefined {
  switch (fault.kind) {
    case "move-etcd-leader":
      world.etcd.moveLeader(fault.to);
      return undefined;
    case "slow-etcd-disk":
      world.etcd.fsyncMs[fault.site] = fault.fsyncMs;
      return () => {
        world.etcd.fsyncMs[fault.site] = 2;
      };
    case "slow-disk":
      world.databases[fault.region].slowDiskMs = fault.fsyncMs;
      return () => {
        world.databases[fault.region].slowDiskMs = 0;
      };
    case "disk-full":
      return fillDisk(world, fault.region);
    case "replay-paused":
      world.databases[fault.region].isReplayPaused = true;
      return () => {
        world.databases[fault.region].isReplayPaused = false;
      };
  }
}

/** The next segment of the log cannot be written: PANIC, and recovery fails until there is space (lab notes, section 4). */
function fillDisk(world: World, region: RegionName): () => void {
  const postgres = world.databases[region];
  postgres.isDiskFull = true;
  if (postgres.isPrimary) postgres.process.kill();
  return () => {
    postgres.isDiskFull = false;
  };
}

function killOne(world: World, name: ProcessName): (() => void) | undefined {
  const process = world.process(name);
  process.kill();
  return () => revive(process);
}

function killRegion(world: World, region: RegionName): () => void {
  const processes = world.processesIn(region);
  for (const process of processes) process.kill();
  return () => {
    for (const process of processes) revive(process);
  };
}

function pauseAll(processes: readonly SimProcess[]): () => void {
  for (const process of processes) process.pause();
  return () => {
    for (const process of processes) process.resume();
  };
}

function suspend(processes: readonly SimProcess[]): () => void {
  for (const process of processes) process.suspend();
  return () => {
    for (const process of processes) process.resume();
  };
}

/** Supervisors start what is down; PostgreSQL is started by its keeper and by nobody else. */
function revive(process: SimProcess): void {
  process.resume();
  process.disarm();
  if (!process.isUp && !process.name.startsWith("postgres.")) process.start();
}

function repairLink(world: World, from: Place, to: Place): void {
  while (world.network.isCut(from, to)) world.network.heal(from, to);
  world.network.restore(from, to);
}
