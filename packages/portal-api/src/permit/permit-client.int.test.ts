import { silentLogger, systemClock } from "@careline/platform";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { createTestAuthority, startTestKeeper, type TestKeeper } from "../testing/index.ts";
import { PermitClient } from "./permit-client.ts";

const authority = createTestAuthority();
let keeper: TestKeeper;
let stop: AbortController;
let running: Promise<void>;
let client: PermitClient;

afterAll(() => authority.remove());
beforeEach(async () => {
  keeper = await startTestKeeper(authority);
  stop = new AbortController();
  client = start();
  await client.firstAnswer();
});
afterEach(async () => {
  stop.abort();
  await running;
  await keeper.stop();
});

function start(clientTls = keeper.clientTls, askEachMs = 100): PermitClient {
  const started = new PermitClient(
    { url: keeper.url, tls: clientTls, askEachMs, answerTimeoutMs: 400 },
    { clock: systemClock, log: silentLogger(), bootId: "01990000-0000-7000-8000-000000000001" },
  );
  running = started.run(stop.signal);
  return started;
}

it("holds the permit that its keeper gives, and says what the keeper says of durability", () => {
  expect(client.current()?.term).toBe(1);
  expect(client.durability).toEqual(keeper.state.durability);
  expect(client.primary).toBe("east");
});

it("gives the permit up and confirms it at the revocation, not at the next regular question", async () => {
  stop.abort();
  await running;
  stop = new AbortController();
  client = start(keeper.clientTls, 60_000);
  await client.firstAnswer();
  const confirmed = keeper.confirmed();
  keeper.announce({ permit: null, reason: "draining" });
  await confirmed;
  expect(client.current()).toBeNull();
  expect(client.reason).toBe("draining");
});

it("never confirms a change in a question while it still holds what the change revoked", async () => {
  const held: boolean[] = [];
  client.onChange((isHeld) => held.push(isHeld));
  const before = keeper.questions.length;
  const confirmed = keeper.confirmed();
  keeper.announce({ permit: null, reason: "draining" });
  const newest = keeper.change;
  await confirmed;
  const first = keeper.questions.slice(before).findIndex(({ seenChange }) => seenChange === newest);
  expect(first).toBeGreaterThanOrEqual(1);
  expect(held).toEqual([false]);
});

it("lets the permit end by itself when the keeper falls silent", async () => {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  client.onChange((isHeld) => isHeld || resolve());
  keeper.announce({ permit: { term: 1, remainingMs: 300 } });
  await keeper.confirmed();
  keeper.hold = new Promise(() => {});
  await lost;
  expect(client.current()).toBeNull();
  expect(client.reason).toBe("keeper-silent");
});

it("has no permit from a keeper that does not know its certificate", async () => {
  stop.abort();
  await running;
  stop = new AbortController();
  client = start(authority.issue("portal.elsewhere"));
  await systemClock.sleep(300);
  expect(client.current()).toBeNull();
});
