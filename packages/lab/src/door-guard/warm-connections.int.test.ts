import { silentLogger, systemClock } from "@careline/platform";
import { expect, it } from "vitest";
import { DoorTrial, until } from "../testing/index.ts";
import { keepWarm } from "./warm-connections.ts";

it("opens connections to a region before it has the permit, and the crowd uses them when it has", async () => {
  const door = await DoorTrial.begin();
  const stop = new AbortController();
  let keeping = Promise.resolve();
  try {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    expect(door.west.connections).toBeLessThan(16);
    const tools = { clock: systemClock, log: silentLogger() };
    keeping = keepWarm(door.warmSocket, () => ["west"], tools, stop.signal);
    await until(async () => door.west.connections >= 32);
    // Nobody was sent there for it.
    expect(await door.servedBy()).toBe("east");
    door.east.term = null;
    door.west.term = 4;
    await until(async () => (await door.servedBy()) === "west");
    const before = door.west.connections;
    const served = await Promise.all(Array.from({ length: 20 }, () => door.servedBy()));
    expect(new Set(served)).toEqual(new Set(["west"]));
    // Checks open some of their own meanwhile.
    expect(door.west.connections - before).toBeLessThan(10);
  } finally {
    stop.abort();
    await keeping;
    await door.end();
  }
});
