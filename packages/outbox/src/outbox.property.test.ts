import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryLock, MemoryStorage } from "./memory.ts";
import { Outbox } from "./outbox.ts";
import { openSealer, SlowStorage, seeded, VirtualClock, World } from "./simulated-world.ts";

type Step =
  | { readonly kind: "write"; readonly record: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "crash" }
  | { readonly kind: "failover" }
  | { readonly kind: "rejoin" }
  | { readonly kind: "replication"; readonly on: boolean }
  | { readonly kind: "writable"; readonly on: boolean }
  | { readonly kind: "reachable"; readonly on: boolean }
  | { readonly kind: "loss"; readonly percent: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write"), record: fc.nat(2) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 900 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 900, max: 9_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("failover") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rejoin") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("replication"), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("writable"), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reachable"), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("loss"), percent: fc.integer({ min: 0, max: 40 }) }),
  },
);

/** A person at a browser that may be killed at any moment, in a world that misbehaves. */
class Story {
  readonly random;
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly kept = new MemoryStorage();
  /** Writes whose `add` resolved: the person was told that they are kept. */
  readonly promised: { id: string; record: string }[] = [];
  readonly brokenRules: string[] = [];
  outbox!: Outbox;
  #life = new AbortController();

  constructor(seed: number) {
    this.random = seeded(seed);
    this.world = new World(this.clock, this.random);
    this.open();
  }

  open(): void {
    const life = new AbortController();
    this.#life = life;
    this.outbox = new Outbox({
      owner: "user-a",
      storage: new SlowStorage(
        this.kept,
        this.clock,
        this.random,
        () => life.signal.aborted,
        (ids) => this.#checkRemoved(ids),
      ),
      sealer: openSealer,
      transport: this.world,
      // A browser frees the lock of a tab that died.
      lock: new MemoryLock(),
      clock: this.clock,
      random: this.random,
    });
    void this.outbox.run(life.signal);
  }

  #checkRemoved(ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.world.log.some((applied) => applied.key === id)) {
        this.brokenRules.push(`${id} was dropped while the primary does not have it`);
      }
    }
  }

  write(record: string): void {
    void this.outbox
      .add({ recordKey: record, method: "POST", path: "/notes", body: { record, value: 1 } })
      .then((id) => this.promised.push({ id, record }));
  }

  async take(next: Step): Promise<void> {
    const { world } = this;
    if (next.kind === "write") this.write(`record-${next.record}`);
    else if (next.kind === "wait") await this.#pass(next.ms);
    else if (next.kind === "failover") world.failover();
    else if (next.kind === "rejoin" && world.standbyLsn === null) world.rejoin();
    else if (next.kind === "replication") world.isReplicating = next.on;
    else if (next.kind === "writable") world.isWritable = next.on;
    else if (next.kind === "reachable") world.isReachable = next.on;
    else if (next.kind === "loss") world.lossPercent = next.percent;
    else if (next.kind === "crash") {
      this.#life.abort();
      this.open();
    }
    await this.clock.advance(1);
  }

  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      await this.clock.advance(Math.min(100, ms - passed));
      this.world.replicate();
    }
  }

  /** Faults stop; within two minutes nothing waits any more. */
  async end(): Promise<void> {
    Object.assign(this.world, { isWritable: true, isReachable: true, lossPercent: 0 });
    this.world.rejoin();
    await this.#pass(1_000);
    for (let passed = 0; passed < 120 && this.#isWaiting(); passed += 1) await this.#pass(1_000);
    this.#life.abort();
    await this.clock.advance(10_000);
  }

  #isWaiting(): boolean {
    return this.outbox.snapshot().items.length > 0;
  }
}

it("applies each write exactly once and never drops one that could be lost, whatever crashes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(step, { minLength: 5, maxLength: 60 }),
      async (seed, steps) => {
        const story = new Story(seed);
        for (const next of steps) await story.take(next);
        story.write("record-0");
        await story.end();
        expect(story.brokenRules).toEqual([]);
        expect(story.outbox.snapshot().items).toEqual([]);
        const keys = story.world.log.map((applied) => applied.key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(story.promised.filter(({ id }) => !keys.includes(id))).toEqual([]);
        for (const record of ["record-0", "record-1", "record-2"]) {
          const order = story.world.log
            .filter((applied) => applied.record === record)
            .map(({ key }) => key);
          expect(order).toEqual(order.toSorted());
        }
      },
    ),
    { numRuns: Number(process.env.OUTBOX_RUNS ?? 150) },
  );
}, 600_000);
