import { readFileSync, rmSync } from "node:fs";
import { systemClock, systemRandom } from "@careline/platform";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createAuthority } from "../testing/authority.ts";
import { configureTwoRegions, type TwoRegions } from "../testing/region.ts";
import { RegionServer } from "../testing/region-server.ts";
import { becomeUnprivileged, eventually, Trial } from "../testing/trial.ts";
import {
  layoutOf,
  listDivergedRows,
  Quarantine,
  readDataId,
  standbyName,
  writeSynchronous,
  writeUpstream,
} from "./index.ts";

becomeUnprivileged();
// Real servers on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const trial = new Trial("postgres");
const never = new AbortController().signal;
let regions: TwoRegions;

class Node extends RegionServer {
  async write(value: number, commit: "on" | "local" = "local"): Promise<void> {
    await this.with((sql) =>
      sql.unsafe(`set synchronous_commit = ${commit};
        create table if not exists public.written (value int primary key);
        insert into public.written values (${value}) on conflict do nothing`),
    );
  }
  async values(): Promise<number[]> {
    const rows = await this.with(
      (sql) => sql<{ value: number }[]>`select value from public.written order by value`,
    );
    return rows.map((row) => row.value);
  }
}

let east: Node;
let west: Node;
const storeId = systemRandom.uuid();
let forkLsn = "";

beforeAll(async () => {
  regions = await configureTwoRegions(trial, createAuthority(trial.dir));
  east = new Node(regions.postgres.east);
  west = new Node(regions.postgres.west);
});
afterAll(async () => {
  await Promise.all([east?.end(), west?.end()]);
  await trial.end();
});

async function streams(from: Node, slot: string): Promise<string> {
  return eventually("the standby streams", 15_000, async () => {
    const state = await from.sql.replication(slot, never);
    return state.standby?.state === "streaming" ? state.standby.flushedLsn : null;
  });
}

it("[HCC-DB] makes a system with checksums, hints, commit timestamps, TLS 1.3 and the roles of the contract", async () => {
  await east.copies.initialise(never);
  await east.server.start("primary", 20_000, never);
  await east.sql.ensureFoundation(never);
  await east.sql.ensureFoundation(never);
  expect(await east.sql.hasFoundation(never)).toBe(true);
  await east.sql.recordTerm({ term: 1, storeId, site: "east" }, never);
  await east.sql.recordTerm({ term: 1, storeId, site: "east" }, never);
  const app = (tls: boolean): postgres.Sql =>
    postgres({
      host: "127.0.0.1",
      port: east.config.listen.port,
      database: "careline",
      username: "careline_app",
      password: "app-secret",
      ssl: tls ? { ca: readFileSync(east.config.serverTls.ca) } : false,
      max: 1,
      connect_timeout: 3,
    });
  const sql = app(true);
  const [row] = await sql`
    select (select count(*)::int from continuity.terms where term = 1) as terms, continuity.confirmed_lsn() as confirmed,
           current_setting('data_checksums') as checksums, current_setting('wal_log_hints') as hints,
           current_setting('track_commit_timestamp') as stamps, (select version from pg_stat_ssl where pid = pg_backend_pid()) as tls`;
  await sql.end();
  expect(row).toEqual({
    terms: 1,
    confirmed: null,
    checksums: "on",
    hints: "on",
    stamps: "on",
    tls: "TLSv1.3",
  });
  const plain = app(false);
  await expect(plain`select 1`).rejects.toThrow(/pg_hba|no encryption/);
  await plain.end();
});

it("refuses replication without the client certificate, even with the right password", async () => {
  const sql = postgres({
    host: "127.0.0.1",
    port: east.config.listen.port,
    database: "postgres",
    username: "careline_replication",
    password: "replication-secret",
    ssl: { ca: readFileSync(east.config.serverTls.ca) },
    max: 1,
    connect_timeout: 3,
  });
  await expect(sql`select 1`).rejects.toThrow(/certificate/);
  await sql.end();
});

it("clones a standby that follows through its slot, and confirms synchronous commits by the slot's own process", async () => {
  await east.sql.ensureSlot("west", never);
  expect(await west.copies.clone("bootstrap", never)).toBeNull();
  const dataId = readDataId(west.config) ?? "";
  writeUpstream(west.config, { slot: "west", name: standbyName("west", dataId) });
  await west.server.start("standby", 20_000, never);
  await streams(east, "west");
  await east.sql.setSynchronous(standbyName("west", dataId), never);
  await east.sql.canary(5_000, never);
  await east.write(1, "on");
  const state = await east.sql.replication("west", never);
  expect(state.standby?.syncState).toBe("sync");
  // A name that nobody bears must make commits wait: the canary does not pass.
  await east.sql.setSynchronous("west_nobody", never);
  await expect(east.sql.canary(400, never)).rejects.toMatchObject({ code: "DATABASE_DOWN" });
  await east.sql.setSynchronous(null, never);
});

it("stops receiving before a promotion, answers its position, and can go on receiving", async () => {
  writeUpstream(west.config, null);
  west.server.reload();
  await west.sql.awaitReceiver(false, 5_000, never);
  const before = await west.sql.recovery(never);
  await east.write(2);
  const after = await west.sql.recovery(never);
  expect(after.flushedLsn).toBe(before.flushedLsn);
  writeUpstream(west.config, {
    slot: "west",
    name: standbyName("west", readDataId(west.config) ?? ""),
  });
  west.server.reload();
  await streams(east, "west");
  await eventually("the standby has the write", 5_000, async () =>
    (await west.values()).includes(2),
  );
});

it("promotes with its configuration, records the term first, and the old primary is rewound after quarantine", async () => {
  // The old primary is killed with a tail that the standby never saw.
  writeUpstream(west.config, null);
  west.server.reload();
  await west.sql.awaitReceiver(false, 5_000, never);
  await east.write(3);
  await east.server.stop("immediate", never);
  writeSynchronous(west.config, null);
  const started = systemClock.monotonicMs();
  const promoted = await west.sql.promote(never);
  forkLsn = promoted.startLsn;
  await west.sql.recordTerm({ term: 2, storeId, site: "west" }, never);
  expect(systemClock.monotonicMs() - started).toBeLessThan(5_000);
  expect(promoted.timeline).toBe(2);
  await west.write(4);
  expect(await west.values()).toEqual([1, 2, 4]);
  const terms = await west.sql.replication("east", never);
  expect(terms.timeline).toBe(2);

  const kept = await east.copies.quarantine("term-1", never);
  expect(kept).toContain("quarantine/term-1");
  await west.sql.ensureSlot("east", never);
  await west.sql.checkpoint(never);
  const outcome = await east.copies.rewind({ timeline: 2 }, never);
  expect(outcome.kind).toBe("rewound");
  writeUpstream(east.config, {
    slot: "east",
    name: standbyName("east", readDataId(east.config) ?? ""),
  });
  await east.server.start("standby", 20_000, never);
  await streams(west, "east");
  await eventually(
    "the rejoined standby has all",
    5_000,
    async () => (await east.values()).join() === "1,2,4",
  );
  expect(east.copies.quarantined()).toEqual(["term-1"]);
});

it("lists what only the old primary had committed, by table and key, from the copy opened in isolation", async () => {
  const copy = `${layoutOf(east.config).quarantineDir}/term-1`;
  const found = await listDivergedRows(east.config, copy, forkLsn, systemClock, never);
  expect(found.transactions).toBe(1);
  expect(found.rows).toEqual([
    expect.objectContaining({ table: "public.written", key: { value: "3" } }),
  ]);
  expect(found.rows[0]?.committedAt).toMatch(/^20/);
  expect(found.deleted).toEqual({});
});

it("deletes a quarantined copy only once and keeps the proof, and no name leads outside", async () => {
  const quarantine = new Quarantine(east.config, systemClock);
  expect((await quarantine.list()).map((copy) => copy.name)).toEqual(["term-1"]);
  await expect(quarantine.discard("../data", "ada", "test", never)).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  const proof = await quarantine.discard("term-1", "ada", "nothing to merge", never);
  expect(proof).toMatchObject({ name: "term-1", by: "ada", reason: "nothing to merge" });
  expect(proof.systemId).toMatch(/^\d+$/);
  expect(await quarantine.discard("term-1", "someone", "else", never)).toEqual(proof);
  expect(await quarantine.list()).toEqual([]);
  expect(quarantine.proofs()).toEqual([proof]);
});

it("clones afresh where a rewind is impossible, and keeps the old directory", async () => {
  await east.server.stop("fast", never);
  // Another system's directory, as after a disk was swapped: pg_rewind must refuse it.
  rmSync(east.config.dataDir, { recursive: true });
  await east.copies.initialise(never);
  const outcome = await east.copies.rewind({ timeline: 2 }, never);
  expect(outcome.kind).toBe("impossible");
  const aside = await east.copies.clone("unrewindable", never);
  expect(aside).toContain("quarantine/unrewindable");
  const dataId = readDataId(east.config) ?? "";
  writeUpstream(east.config, { slot: "east", name: standbyName("east", dataId) });
  await east.server.start("standby", 20_000, never);
  await streams(west, "east");
});

it("notices a server that ends by itself, and stops one that an earlier keeper left behind", async () => {
  const pid = Number(readFileSync(layoutOf(west.config).postmasterFile, "utf8").split("\n")[0]);
  process.kill(pid, "SIGKILL");
  await eventually("the exit is noticed", 5_000, () => west.exits === 1);
  await west.server.start("primary", 20_000, never);
  const successor = new Node(west.config);
  expect(successor.server.isRunning).toBe(false);
  await successor.server.stop("fast", never);
  await eventually("the orphan is gone", 5_000, () => west.exits === 2);
});

it("answers the LSN of the shutdown checkpoint after a clean stop, and the standby has it", async () => {
  await west.server.start("primary", 20_000, never);
  await streams(west, "east");
  const finalLsn = await west.server.stop("fast", never);
  expect(finalLsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  const [high = "0", low = "0"] = (finalLsn ?? "0/0").split("/");
  const position = await east.sql.recovery(never);
  const [ownHigh = "0", ownLow = "0"] = (position.flushedLsn ?? "0/0").split("/");
  const reached =
    Number.parseInt(ownHigh, 16) * 2 ** 32 + Number.parseInt(ownLow, 16) >
    Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
  expect(reached).toBe(true);
});
