import { systemClock } from "@careline/platform";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PermitProbe, SiteClient } from "../testing/site-client.ts";
import { patientParameters as parameters, SitesTrial } from "../testing/sites-trial.ts";
import { becomeUnprivileged, eventually } from "../testing/trial.ts";
import type { SalvageList } from "./salvage.ts";
import type { Status } from "./status.ts";
import type { TailReport } from "./tail-report.ts";

becomeUnprivileged();
let sites: SitesTrial;
let east: SiteClient;
let west: SiteClient;
let witness: SiteClient;
let probes: Record<"east" | "west", PermitProbe>;
const clients = (): Record<"east" | "west", SiteClient> => ({ east, west });
const regions = ["east", "west"] as const;

beforeAll(async () => {
  sites = await SitesTrial.start("sites");
  for (const site of regions) sites.startKeeper(site, { parameters });
  for (const site of [...regions, "witness" as const]) sites.startController(site, { parameters });
  east = new SiteClient(sites, "east");
  west = new SiteClient(sites, "west");
  witness = new SiteClient(sites, "witness");
  probes = { east: new PermitProbe(sites, "east"), west: new PermitProbe(sites, "west") };
});
afterAll(async () => {
  for (const site of regions) probes?.[site].close();
  await sites?.end();
});

const isProtected = (primary: string) => (status: Status) =>
  status.protected &&
  status.primary === primary &&
  status.run === null &&
  status.sites.east.healthy &&
  status.sites.west.healthy;

function connectTo(site: "east" | "west"): postgres.Sql {
  const { socketDir, listen } = sites.regions.postgres[site];
  return postgres({
    path: `${socketDir}/.s.PGSQL.${listen.port}`,
    username: "postgres",
    database: "careline",
    max: 1,
    onnotice: () => undefined,
  });
}

async function write(site: "east" | "west", value: number): Promise<void> {
  const sql = connectTo(site);
  try {
    await sql.unsafe(`create table if not exists written (value int primary key);
      insert into written values (${value})`);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function values(site: "east" | "west"): Promise<number[]> {
  const sql = connectTo(site);
  try {
    const rows = await sql<{ value: number }[]>`select value from written order by value`;
    return rows.map((row) => row.value);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** No instant at which both regions could have acknowledged. */
function expectNoOverlap(): void {
  for (const one of probes.east.spans) {
    for (const other of probes.west.spans) {
      const both = Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs);
      expect(both).toBeLessThanOrEqual(0);
    }
  }
}

it("begins a new installation: the home region serves, the other is cloned and recorded as safe", async () => {
  const status = await east.until("protected", 100_000, isProtected("east"));
  expect(status).toMatchObject({ term: 1, unprotectedSince: null, sync: { mode: "sync" } });
  expect(status.sites).toMatchObject({
    east: { role: "primary" },
    west: { role: "standby" },
    witness: { role: "witness" },
  });
  await witness.until("the witness sees the same", 5_000, isProtected("east"));
  await write("east", 1);
}, 120_000);

it("lets only people with the right role order, and answers the others why not", async () => {
  const viewer = new SiteClient(sites, "west", "vera", "viewer");
  expect((await viewer.status()).primary).toBe("east");
  const denied = async (client: SiteClient, path: string, body: unknown): Promise<string> =>
    client.send("POST", path, body).then(
      () => "allowed",
      (thrown) => thrown.code,
    );
  // A certificate without a person's name would let one person stand for two.
  const nobody = new SiteClient(sites, "east", "", "operator");
  expect(await denied(nobody, "/v1/runs", { kind: "switchover", to: "west" })).toBe("NOT_ALLOWED");
  expect(await denied(viewer, "/v1/runs", { kind: "switchover", to: "west" })).toBe("NOT_ALLOWED");
  expect(await denied(west, "/v1/runs", { kind: "switchover", to: "east" })).toBe("RUN_CONFLICT");
  expect(await denied(west, "/v1/runs", { kind: "switchover", to: "north" })).toBe(
    "REQUEST_INVALID",
  );
  const forced = { kind: "failover", to: "west", reason: "test", confirmation: "invented" };
  expect(await denied(west, "/v1/runs", forced)).toBe("CONFIRMATION_MISSING");
  const stranger = new SiteClient(sites, "west", "mallory", "admin");
  expect(
    await stranger.status().then(
      () => "allowed",
      (thrown) => thrown.code,
    ),
  ).toBe("NOT_ALLOWED");
}, 120_000);

it("switches over without losing anything, and back", async () => {
  for (const [to, value] of [
    ["west", 2],
    ["east", 3],
  ] as const) {
    const from = to === "west" ? "east" : "west";
    await eventually("permit", 5_000, () => probes[from].holds());
    await witness.send("POST", "/v1/runs", { kind: "switchover", to });
    await eventually("the pause begins", 10_000, () => !probes[from].holds());
    const started = systemClock.monotonicMs();
    await eventually("the other region may acknowledge", 10_000, () => probes[to].holds());
    process.stdout.write(
      `switchover to ${to}: ${Math.round(systemClock.monotonicMs() - started)} ms\n`,
    );
    await write(to, value);
    await clients()[to].until("protected again", 30_000, isProtected(to));
    expect(await values(from)).toContain(value);
  }
  expectNoOverlap();
}, 120_000);

it("fails over when the primary region's processes are killed, and the old primary rejoins", async () => {
  const started = systemClock.monotonicMs();
  for (const name of ["controller-east", "keeper-east", "redis-east"]) void sites.kill(name);
  sites.etcd.members[0]?.process.kill("SIGKILL");
  await eventually("the standby may acknowledge", 20_000, () => probes.west.holds());
  process.stdout.write(`region loss: ${Math.round(systemClock.monotonicMs() - started)} ms\n`);
  await write("west", 4);
  const status = await west.until("west is primary", 5_000, (now) => now.primary === "west");
  expect(status.protected).toBe(false);
  sites.etcd.members[0]?.start();
  sites.startRedis("east");
  sites.startKeeper("east", { parameters });
  sites.startController("east", { parameters });
  await west.until("protected again", 60_000, isProtected("west"));
  expect(await values("east")).toEqual([1, 2, 3, 4]);
  expectNoOverlap();
}, 120_000);

it("fails over when the primary region hangs, and the region that wakes up fences itself and rejoins", async () => {
  const names = ["controller-west", "keeper-west", "redis-west"];
  const started = systemClock.monotonicMs();
  const stopped = await sites.stopRegion("west");
  for (const name of names) void sites.kill(name, "SIGSTOP");
  await eventually("the standby may acknowledge", 20_000, () => probes.east.holds());
  process.stdout.write(`region hang: ${Math.round(systemClock.monotonicMs() - started)} ms\n`);
  await write("east", 5);
  for (const name of names) void sites.kill(name, "SIGCONT");
  for (const pid of stopped) process.kill(pid, "SIGCONT");
  await east.until("protected again", 60_000, isProtected("east"));
  expect(await values("west")).toEqual([1, 2, 3, 4, 5]);
  expectNoOverlap();
}, 120_000);

it("recovers the regions as they were after everything was killed", async () => {
  const before = await east.status();
  for (const site of regions) {
    await sites.kill(`controller-${site}`);
    await sites.kill(`keeper-${site}`);
  }
  await sites.kill("controller-witness");
  for (const member of sites.etcd.members) member.process.kill("SIGKILL");
  for (const member of sites.etcd.members) member.start();
  for (const site of regions) sites.startKeeper(site, { parameters });
  for (const site of [...regions, "witness" as const]) sites.startController(site, { parameters });
  const status = await east.until("protected again", 60_000, isProtected("east"));
  expect(status.term).toBe(before.term);
  expect(await values("east")).toEqual([1, 2, 3, 4, 5]);
}, 120_000);

it("quarantines and reports what a lost primary alone had committed", async () => {
  await eventually("permit", 10_000, () => probes.east.holds());
  const sql = connectTo("east");
  let senderPid = 0;
  await eventually("the sender streams", 20_000, async () => {
    const [slot] = await sql<{ pid: number | null }[]>`
      select active_pid as pid from pg_replication_slots where slot_name = 'west'`;
    senderPid = slot?.pid ?? 0;
    return senderPid > 0;
  });
  // The sender is stopped, so the other region never gets what is committed from here on.
  process.kill(senderPid, "SIGSTOP");
  await sql.unsafe(`set synchronous_commit = local;
    create table if not exists written (value int primary key);
    insert into written values (99)`);
  await sql.end({ timeout: 1 });
  for (const name of ["controller-east", "keeper-east"]) await sites.kill(name);
  await eventually("the standby may acknowledge", 30_000, () => probes.west.holds());
  await write("west", 6);
  sites.startKeeper("east", { parameters });
  sites.startController("east", { parameters });
  await west.until("protected again", 90_000, isProtected("west"));
  const rejoined = await values("east");
  expect(rejoined).toContain(6);
  expect(rejoined).not.toContain(99);

  const { copies } = await east.get<SalvageList>("/v1/salvage");
  const copy = copies.find((each) => each.rows === 1);
  expect(copy).toMatchObject({ site: "east", transactions: 1 });
  const report = await east.get<TailReport>(`/v1/salvage/${copy?.name}`);
  expect(report.rows).toEqual([
    expect.objectContaining({ table: "public.written", key: { value: "99" } }),
  ]);
  expect(report.approved).toEqual([]);
  expectNoOverlap();
}, 180_000);

it("does nothing destructive by itself while automation is off, and goes on when a person says so", async () => {
  await west.send("PUT", "/v1/automation", { enabled: false, reason: "maintenance", minutes: 30 });
  await east.until("all know", 5_000, (status) => !status.automation.enabled);
  for (const name of ["controller-west", "keeper-west"]) await sites.kill(name);
  const held = await east.until("the lapse is seen", 15_000, (status) => status.alarms.length > 0);
  expect(held.decision.sentence).toContain("Automation is switched off");
  expect(probes.east.holds()).toBe(false);
  await east.send("PUT", "/v1/automation", { enabled: true, reason: "maintenance is over" });
  await eventually("the standby may acknowledge", 20_000, () => probes.east.holds());
  sites.startKeeper("west", { parameters });
  sites.startController("west", { parameters });
  await east.until("protected again", 90_000, isProtected("east"));
}, 180_000);
