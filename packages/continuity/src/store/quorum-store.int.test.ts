import { systemClock } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ContinuityError } from "../errors.ts";
import { type EtcdTrial, startEtcdTrial } from "../testing/etcd-trial.ts";
import { eventually, Trial } from "../testing/trial.ts";
import type { QuorumStore, StoreEvent } from "./index.ts";

const trial = new Trial("store");
// Real servers on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const opened: QuorumStore[] = [];
const never = new AbortController().signal;
let etcd: EtcdTrial;
let nextSystem = 0;

/** A store with a system of its own, so that tests do not see one another's keys. */
function aStore(first?: string, user?: string): QuorumStore {
  const store = etcd.open(`s${nextSystem}`, first, user);
  opened.push(store);
  return store;
}

beforeAll(async () => {
  etcd = await startEtcdTrial(
    trial,
    Array.from({ length: 20 }, (_, at) => `s${at}`),
  );
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await trial.end();
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "no error";
  } catch (thrown) {
    return thrown instanceof ContinuityError ? thrown.code : String(thrown);
  }
}

it("writes all keys of a transaction or none, by the revisions that were read", async () => {
  nextSystem += 1;
  const channel = aStore().channel();
  const first = await channel.txn(
    [{ key: "term", revision: 0 }],
    [
      { kind: "put", key: "term", value: { term: 1 } },
      { kind: "put", key: "lease", value: { site: "east" } },
    ],
    never,
  );
  expect(first.kind).toBe("won");
  const again = await channel.txn(
    [{ key: "term", revision: 0 }],
    [{ kind: "put", key: "lease", value: { site: "west" } }],
    never,
  );
  expect(again.kind).toBe("lost");
  const snapshot = await channel.read(["term", "lease", "sync"], never);
  expect([...snapshot.records.keys()].sort()).toEqual(["lease", "term"]);
  expect(JSON.parse(snapshot.records.get("lease")?.text ?? "")).toEqual({ site: "east" });
  expect(snapshot.records.get("term")?.revision).toBe(snapshot.records.get("lease")?.revision);
});

it("lets exactly one of many simultaneous take-overs win", async () => {
  nextSystem += 1;
  const channels = ["east", "west", "witness"].map((name) => aStore(name).channel());
  const outcomes = await Promise.all(
    channels.map((channel, at) =>
      channel.txn(
        [{ key: "term", revision: 0 }],
        [{ kind: "put", key: "term", value: { by: at } }],
        never,
      ),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.kind === "won")).toHaveLength(1);
});

it("refuses a user without the role on the prefix", async () => {
  nextSystem += 1;
  const channel = aStore("east", "outsider").channel();
  expect(await codeOf(channel.readPrefix("", never))).toBe("STORE_DENIED");
});

it("asks for a new token when the old one is no longer known, without the caller noticing", async () => {
  nextSystem += 1;
  const store = aStore();
  const channel = store.channel();
  await channel.txn([], [{ kind: "put", key: "a", value: 1 }], never);
  // Changing the password throws all of the user's tokens away.
  await etcd.admin("/v3/auth/user/changepw", { name: "controller", password: "controller-secret" });
  await channel.txn([], [{ kind: "put", key: "a", value: 2 }], never);
  expect((await channel.read(["a"], never)).records.get("a")?.text).toBe("2");
});

it("removes keys bound to a lease when nobody keeps it alive, and keeps them otherwise", async () => {
  nextSystem += 1;
  const channel = aStore().channel();
  const kept = await channel.grantLease(1, never);
  const left = await channel.grantLease(1, never);
  await channel.txn([], [{ kind: "put", key: "sites/east", value: 1, lease: kept }], never);
  await channel.txn([], [{ kind: "put", key: "sites/west", value: 1, lease: left }], never);
  await eventually("the lease that nobody keeps ends", 10_000, async () => {
    expect(await channel.keepAlive(kept, never)).toBe(true);
    return !(await channel.readPrefix("sites/", never)).records.has("sites/west");
  });
  expect((await channel.readPrefix("sites/", never)).records.has("sites/east")).toBe(true);
  expect(await channel.keepAlive(left, never)).toBe(false);
});

it("watches changes in order, each once, and says when the history is compacted", async () => {
  nextSystem += 1;
  const channel = aStore().channel();
  const start = (await channel.readPrefix("", never)).storeRevision + 1;
  for (const value of [1, 2, 3]) {
    await channel.txn([], [{ kind: "put", key: "runs/r1", value }], never);
  }
  await channel.txn([], [{ kind: "delete", key: "runs/r1" }], never);
  const stop = new AbortController();
  const seen: StoreEvent[] = [];
  for await (const event of channel.watch("runs/", start, stop.signal)) {
    seen.push(event);
    if (seen.length === 4) break;
  }
  expect(seen.map((event) => event.text)).toEqual(["1", "2", "3", null]);
  const last = seen.at(-1)?.revision ?? 0;
  await etcd.admin("/v3/kv/compaction", { revision: String(last) });
  expect(await codeOf(channel.watch("runs/", start, stop.signal).next())).toBe("STORE_COMPACTED");
});

it("goes on reading, writing and watching when the leading member is killed", async () => {
  nextSystem += 1;
  const leader = await etcd.leader();
  const store = aStore(leader.name);
  const channel = store.channel();
  const watching = store.channel();
  await channel.txn([], [{ kind: "put", key: "before", value: 1 }], never);
  const stop = new AbortController();
  const seen: string[] = [];
  const revision = (await channel.readPrefix("", never)).storeRevision;
  const watch = (async () => {
    for await (const event of watching.watch("", revision + 1, stop.signal)) seen.push(event.key);
  })();
  leader.process.kill("SIGKILL");
  await eventually("a write passes under the new leader", 15_000, async () => {
    const outcome = await channel.txn([], [{ kind: "put", key: "after", value: 1 }], never);
    return outcome.kind === "won";
  });
  await eventually("the watch sees it", 10_000, () => seen.includes("after"));
  stop.abort();
  await watch;
  leader.start();
  await eventually("all members are back", 15_000, async () => {
    await etcd.admin("/v3/kv/range", { key: "eA==" });
    return leader.process.exitCode === null;
  });
});

it("hands leadership to the member that is asked for", async () => {
  const leader = await etcd.leader();
  const target = etcd.members.find((member) => member.name !== leader.name);
  if (target === undefined) throw new Error("one member only");
  const bystander = aStore(target.name).channel();
  expect(await bystander.handLeadershipTo(leader.name, never)).toBe(false);
  const channel = aStore(leader.name).channel();
  await eventually("leadership moves", 10_000, async () => {
    await channel.handLeadershipTo(target.name, never);
    return (await etcd.leader()).name === target.name;
  });
});

it("answers neither reads nor writes without a majority, says so within its time-outs, and recovers", async () => {
  nextSystem += 1;
  const channel = aStore("east").channel();
  await channel.txn([], [{ kind: "put", key: "a", value: 1 }], never);
  const [, west, witness] = etcd.members;
  west?.process.kill("SIGKILL");
  witness?.process.kill("SIGKILL");
  await eventually("reads stop", 5_000, async () => {
    const started = systemClock.monotonicMs();
    const code = await codeOf(channel.read(["a"], never));
    expect(systemClock.monotonicMs() - started).toBeLessThan(2_000);
    return code === "STORE_UNREACHABLE";
  });
  const code = await codeOf(channel.txn([], [{ kind: "put", key: "a", value: 2 }], never));
  expect(["STORE_OUTCOME_UNKNOWN", "STORE_UNREACHABLE"]).toContain(code);
  west?.start();
  witness?.start();
  await eventually("the store is back", 20_000, async () => {
    const text = (await channel.read(["a"], never)).records.get("a")?.text;
    // The write without an answer may have been applied after all.
    return text === "1" || text === "2";
  });
});
