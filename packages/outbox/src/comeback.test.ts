import { expect, it } from "vitest";
import { MemoryLock, MemoryStorage } from "./memory.ts";
import { Outbox } from "./outbox.ts";
import { openSealer, seeded, VirtualClock, World } from "./simulated-world.ts";

/** Milliseconds from the moment when a region writes again until nothing waits, after an outage of `outageMs`. */
async function comeback(outageMs: number, fate: "kept" | "left-behind"): Promise<number> {
  const clock = new VirtualClock();
  // Always the middle: no delay above 30 ms, no jitter.
  const random = { ...seeded(1), next: () => 0.5 };
  const world = new World(clock, random);
  const life = new AbortController();
  const outbox = new Outbox({
    owner: "user-a",
    storage: new MemoryStorage(),
    sealer: openSealer,
    transport: world,
    lock: new MemoryLock(),
    clock,
    random,
  });
  void outbox.run(life.signal);
  const write = (record: string): Promise<string> =>
    outbox.add({ recordKey: record, method: "POST", path: "/notes", body: { record, value: 1 } });
  const records = ["call", "presence", "activity"];
  world.isReplicating = false;
  for (const record of records) void write(record);
  for (let passed = 0; passed < 500; passed += 10) await clock.advance(10);
  if (fate === "kept") {
    world.isReplicating = true;
    world.replicate();
  }
  world.isWritable = false;
  for (const record of records) void write(record);
  for (let passed = 0; passed < outageMs; passed += 10) await clock.advance(10);
  world.failover();
  world.isWritable = true;
  let tookMs = 0;
  while (outbox.snapshot().waiting > 0 && tookMs < 30_000) {
    await clock.advance(10);
    tookMs += 10;
  }
  life.abort();
  await clock.advance(10_000);
  return tookMs;
}

it.each([
  [2_500, "kept"],
  [2_500, "left-behind"],
  [8_000, "kept"],
  [8_000, "left-behind"],
] as const)(
  "has sent everything within a fifth of an outage of %i ms and half a second once a region writes again, the writes before it %s",
  async (outageMs, fate) => {
    expect(await comeback(outageMs, fate)).toBeLessThan(outageMs / 5 + 500);
  },
);
