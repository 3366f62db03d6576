import { silentLogger, systemClock } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { QuorumStore, StoreChannel } from "../store/index.ts";
import { startEtcdTrial } from "../testing/etcd-trial.ts";
import { Trial } from "../testing/trial.ts";
import { TermJournal } from "./term-journal.ts";

const trial = new Trial("journal");
// Real servers on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const never = new AbortController().signal;
let store: QuorumStore;
let channel: StoreChannel;
let journal: TermJournal;

beforeAll(async () => {
  const etcd = await startEtcdTrial(trial, ["portal"]);
  store = etcd.open("portal");
  channel = store.channel();
  journal = new TermJournal(channel, systemClock, silentLogger());
});
afterAll(async () => {
  await store.close();
  await trial.end();
});

async function put(key: string, value: unknown): Promise<number> {
  const outcome = await channel.txn([], [{ kind: "put", key, value }], never);
  return outcome.kind === "won" ? outcome.revision : 0;
}
const keysUnder = async (prefix: string): Promise<string[]> =>
  [...(await channel.readPrefix(prefix, never)).records.keys()].sort();

it("keeps the newest terms, also where the tenth sorts before the second, and forgets all others", async () => {
  for (let term = 1; term <= 12; term += 1) {
    await put(`history/${term}`, { term });
    await put(`milestones/${term}`, { term });
  }
  await put("term", { term: 13 });
  await journal.pruneTerms(13, 4, never);
  expect(await keysUnder("history/")).toEqual(["history/10", "history/11", "history/12"]);
  expect(await keysUnder("milestones/")).toEqual([
    "milestones/10",
    "milestones/11",
    "milestones/12",
  ]);
  expect(await keysUnder("term")).toEqual(["term"]);
});

it("keeps everything while there are fewer terms than are kept", async () => {
  await journal.pruneTerms(13, 500, never);
  expect(await keysUnder("history/")).toHaveLength(3);
});

it("forgets old runs that are over, newest last, and never one that is open", async () => {
  const run = (id: string, kind: string) => ({ id, state: { kind } }) as never;
  const runs = [];
  for (const [id, kind] of [
    ["d", "completed"],
    ["c", "running"],
    ["b", "failed"],
    ["a", "completed"],
    ["0", "paused"],
  ] as const) {
    runs.push({ run: run(id, kind), revision: await put(`runs/${id}`, { id }) });
  }
  await journal.prune(runs, 1, never);
  expect(await keysUnder("runs/")).toEqual(["runs/0", "runs/c", "runs/d"]);
});
