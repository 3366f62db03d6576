import { expect, it } from "vitest";
import { MemoryLock, MemoryStorage } from "./memory.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxTransport } from "./ports.ts";
import { openSealer, seeded, VirtualClock } from "./simulated-world.ts";

/** One write to a region that takes `answersInMs` for each answer: how often it was asked until the write was acknowledged. */
async function attemptsNeeded(answersInMs: number): Promise<number | null> {
  const clock = new VirtualClock();
  const life = new AbortController();
  const keys: string[] = [];
  const transport: OutboxTransport = {
    async send({ headers }, signal) {
      keys.push(headers["idempotency-key"] ?? "");
      await clock.sleep(answersInMs, signal);
      const said: Record<string, string> = { "careline-position": "1/0/10" };
      return { status: 200, header: (name) => said[name] ?? null, body: {} };
    },
    terms: () => Promise.resolve({ terms: [], confirmed: "1/0/10" }),
  };
  const outbox = new Outbox({
    owner: "user-a",
    storage: new MemoryStorage(),
    sealer: openSealer,
    transport,
    lock: new MemoryLock(),
    clock,
    random: { ...seeded(1), next: () => 0.5 },
  });
  void outbox.run(life.signal);
  void outbox.add({ recordKey: "call", method: "POST", path: "/notes", body: {} });
  await clock.advance(10);
  for (let passed = 0; passed < 60_000 && outbox.snapshot().waiting > 0; passed += 50)
    await clock.advance(50);
  const isDone = outbox.snapshot().waiting === 0;
  life.abort();
  await clock.advance(20_000);
  expect(new Set(keys).size).toBe(1);
  return isDone ? keys.length : null;
}

it.each([
  [1_000, 1],
  [6_000, 2],
  [11_000, 3],
] as const)(
  "waits for a region that takes %i ms instead of asking it for ever: %i attempts with one key",
  async (answersInMs, attempts) => {
    expect(await attemptsNeeded(answersInMs)).toBe(attempts);
  },
);
