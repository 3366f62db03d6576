import { firstRecords, keys, storeRecordSchema } from "@careline/continuity-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ContinuityError } from "../errors.ts";
import { type EtcdTrial, startEtcdTrial } from "../testing/etcd-trial.ts";
import { eventually, Trial } from "../testing/trial.ts";
import { parseRecord, type QuorumStore, type StoreChannel } from "./index.ts";

const trial = new Trial("lives");
// Real servers on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const never = new AbortController().signal;
const opened: QuorumStore[] = [];
let etcd: EtcdTrial;
/** Its own member stays in the old life. */
let east: StoreChannel;

function aStore(first: string): StoreChannel {
  const store = etcd.open("portal", first);
  opened.push(store);
  return store.channel();
}

async function generation(channel: StoreChannel): Promise<number> {
  const record = (await channel.read([keys.store], never)).records.get(keys.store);
  return record === undefined ? 0 : parseRecord(record, storeRecordSchema).generation;
}

async function beginLife(channel: StoreChannel, number: number): Promise<void> {
  const store = { id: `00000000-0000-4000-8000-00000000000${number}`, generation: number };
  const at = "2026-01-01T00:00:00Z";
  const beginning = { store, primary: "west", claim: "first", validityMs: 1_250, at } as const;
  const value = firstRecords(beginning).store;
  await channel.txn([], [{ kind: "put", key: keys.store, value }], never);
}

async function stop(name: string): Promise<void> {
  const member = etcd.members.find((each) => each.name === name);
  member?.process.kill("SIGKILL");
  await eventually(`${name} is gone`, 5_000, () => member?.process.signalCode !== null);
}

/** The survivor begins a new life alone; then the two that were lost return, with a majority of the old one. */
beforeAll(async () => {
  etcd = await startEtcdTrial(trial, ["portal"]);
  east = aStore("east");
  await beginLife(east, 1);
  expect(await generation(east)).toBe(1);
  for (const { name } of etcd.members) await stop(name);
  const member = (name: string) => etcd.members.find((each) => each.name === name);
  member("west")?.restoreAlone();
  member("west")?.start();
  const west = aStore("west");
  await eventually("the survivor answers alone", 20_000, async () => {
    await beginLife(west, 2);
    return true;
  });
  member("east")?.start();
  member("witness")?.start();
  await eventually("the old life answers as well", 20_000, async () => {
    const read = await etcd.ask("witness", "/v3/kv/range", { key: "eA==" });
    return read.includes("header");
  });
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await trial.end();
});

it("is the newest one for whoever knew the old one and has the old one's majority nearest", async () => {
  await eventually("the new life is read", 30_000, async () => (await generation(east)) === 2);
  for (let count = 0; count < 20; count += 1) expect(await generation(east)).toBe(2);
});

it("is the newest one from the first answer on for whoever starts beside the old one", async () => {
  for (const first of ["east", "witness"]) {
    // Each try is a client of its own, and its first answer counts: on a busy machine one may ask before west has answered.
    await eventually(`a client near ${first} reads the new life`, 30_000, async () => {
      return (await generation(aStore(first))) === 2;
    });
  }
});

it("is the newest one for transactions and for watches", async () => {
  const from = (await east.readPrefix("", never)).storeRevision + 1;
  const stopped = new AbortController();
  const seen = east.watch("beside", from, stopped.signal).next();
  const outcome = await east.txn(
    [{ key: "beside", revision: 0 }],
    [{ kind: "put", key: "beside", value: 2 }],
    never,
  );
  expect(outcome.kind).toBe("won");
  expect((await seen).value).toMatchObject({ key: "beside", text: "2" });
  stopped.abort();
  const other = await aStore("west").read(["beside"], never);
  expect(other.records.get("beside")?.text).toBe("2");
});

it("is not the old one again when the newest is out of reach: then nothing answers", async () => {
  await stop("west");
  const code = await east.read([keys.store], never).then(
    () => "answered",
    (thrown) => (thrown instanceof ContinuityError ? thrown.code : String(thrown)),
  );
  expect(code).toBe("STORE_UNREACHABLE");
  expect(await etcd.ask("witness", "/v3/kv/range", { key: "eA==" })).toContain("header");
});
