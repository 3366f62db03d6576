import type { DrillRecord, Readiness, RunRecord } from "@careline/continuity-core";
import { systemClock } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { careline } from "../testing/operator-cli.ts";
import { migratePortal, withSocket } from "../testing/region-server.ts";
import { PermitProbe, SiteClient } from "../testing/site-client.ts";
import { calmParameters as parameters, SitesTrial } from "../testing/sites-trial.ts";
import { becomeUnprivileged, eventually } from "../testing/trial.ts";
import type { ExpectedLoss } from "./expected-loss.ts";
import type { DiscardAnswer, SalvageList } from "./salvage.ts";
import type { MergePreview, MergeRecord } from "./salvage-merge.ts";
import type { Status } from "./status.ts";
import type { TailReport } from "./tail-report.ts";

becomeUnprivileged();
// Whole regions on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });
let sites: SitesTrial;
let east: SiteClient;
let west: SiteClient;
let probes: Record<"east" | "west", PermitProbe>;
/** Path of the copy that east kept when it rejoined. */
let salvaged = "";
const regions = ["east", "west"] as const;
const ada = { name: "ada", role: "approver" };
const as = (name: string, role: string, site: "east" | "west" = "east"): SiteClient =>
  new SiteClient(sites, site, name, role);
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (thrown) => thrown.code,
  );
const isProtected = (primary: string) => (status: Status) =>
  status.protected &&
  status.primary === primary &&
  status.run === null &&
  status.sites.east.healthy &&
  status.sites.west.healthy;

beforeAll(async () => {
  sites = await SitesTrial.start("operators");
  for (const site of regions) sites.startKeeper(site, { parameters });
  for (const site of [...regions, "witness" as const]) sites.startController(site, { parameters });
  east = new SiteClient(sites, "east");
  west = new SiteClient(sites, "west");
  probes = { east: new PermitProbe(sites, "east"), west: new PermitProbe(sites, "west") };
  await east.until("protected", 180_000, isProtected("east"));
  await migratePortal(sites.regions.postgres.east, "east", sites.trial.dir);
  await withSocket(sites.regions.postgres.east, (sql) =>
    sql.unsafe(`create table public.written (value int primary key);
      alter table public.written owner to careline_owner`),
  );
});
afterAll(async () => {
  for (const site of regions) probes?.[site].close();
  await sites?.end();
});

const write = (site: "east" | "west", value: number): Promise<unknown> =>
  withSocket(sites.regions.postgres[site], (sql) =>
    sql.unsafe(`insert into public.written values (${value})`),
  );
const values = (site: "east" | "west"): Promise<number[]> =>
  withSocket(sites.regions.postgres[site], async (sql) => {
    const rows = await sql<{ value: number }[]>`select value from public.written order by value`;
    return rows.map((row) => row.value);
  });

/** East is killed with a commit that west never had; west serves, east rejoins. */
async function loseTail(value: number): Promise<void> {
  await eventually("permit", 10_000, () => probes.east.holds());
  await withSocket(sites.regions.postgres.east, async (sql) => {
    const senderPid = await eventually("the sender streams", 20_000, async () => {
      const [slot] = await sql<{ pid: number | null }[]>`
        select active_pid as pid from pg_replication_slots where slot_name = 'west'`;
      return slot?.pid ?? null;
    });
    // The sender is stopped, so the other region never gets what is committed from here on.
    process.kill(senderPid, "SIGSTOP");
    await sql.unsafe(
      `set synchronous_commit = local; insert into public.written values (${value})`,
    );
  });
  for (const name of ["controller-east", "keeper-east"]) await sites.kill(name);
  await eventually("the standby may acknowledge", 60_000, () => probes.west.holds());
  await write("west", value + 1);
  sites.startKeeper("east", { parameters });
  sites.startController("east", { parameters });
  await west.until("protected again", 120_000, isProtected("west"));
}

it("reports by key what only the lost primary had committed", async () => {
  await write("east", 1);
  await loseTail(99);
  const { copies } = await east.get<SalvageList>("/v1/salvage");
  const copy = copies.find((each) => each.rows === 1);
  expect(copy).toMatchObject({ site: "east", transactions: 1, merges: [], discardAskedBy: null });
  const report = await east.get<TailReport>(`/v1/salvage/${copy?.name}`);
  expect(report.rows).toMatchObject([{ table: "public.written", key: { value: "99" } }]);
  salvaged = `/v1/salvage/${copy?.name}`;
});

it("merges a quarantined row into the primary of the other region as it was shown, for an approver only, once", async () => {
  const approver = as("ada", "approver");
  const selection = { rows: "all" as const };
  const viewer = as("vera", "viewer");
  expect(await refusal(viewer.send("POST", `${salvaged}/preview`, selection))).toBe("NOT_ALLOWED");
  const preview = await east.send<MergePreview>("POST", `${salvaged}/preview`, selection);
  expect(preview).toMatchObject({ primary: "west", inserts: 1, replaces: 0 });
  expect(preview.rows).toEqual([
    expect.objectContaining({ key: { value: "99" }, state: "absent", action: "insert" }),
  ]);
  expect(await values("west")).not.toContain(99);

  const order = { ...selection, confirmation: preview.confirmation, reason: "the caller's answer" };
  expect(await refusal(east.send("POST", `${salvaged}/merge`, order))).toBe("NOT_ALLOWED");
  const invented = { ...order, confirmation: "invented" };
  expect(await refusal(approver.send("POST", `${salvaged}/merge`, invented))).toBe(
    "CONFIRMATION_MISSING",
  );
  const stranger = { rows: [{ table: "public.written", key: { value: "1" } }] };
  expect(await refusal(east.send("POST", `${salvaged}/preview`, stranger))).toBe("REQUEST_INVALID");
  const merged = await approver.send<MergeRecord>("POST", `${salvaged}/merge`, order);
  expect(merged).toMatchObject({ by: "ada", inserted: 1, primary: "west", durability: "geo" });
  expect(await values("west")).toContain(99);
  await eventually("the standby has it too", 5_000, async () =>
    (await values("east")).includes(99),
  );
  expect(await approver.send<MergeRecord>("POST", `${salvaged}/merge`, order)).toEqual(merged);
  const audit = await withSocket(
    sites.regions.postgres.west,
    (sql) => sql`
      select action, resource_id as id, region, origin from portal.audit_log
       where request_id = ${merged.id}::uuid order by action`,
  );
  expect(audit.map((row) => row.action)).toEqual(["salvage_merge", "salvage_row_inserted"]);
  expect(audit[1]).toEqual({
    action: "salvage_row_inserted",
    id: "99",
    region: "west",
    origin: "system",
  });
  const again = await east.send<MergePreview>("POST", `${salvaged}/preview`, selection);
  expect(again).toMatchObject({ inserts: 0, replaces: 0 });
  const name = salvaged.split("/").at(-1) ?? "";
  const listed = await careline(sites, ada, ["salvage", "list"]);
  expect(listed).toMatchObject({ exitCode: 0, json: { silent: [] } });
  const { copies } = listed.json as SalvageList;
  expect(copies.find((each) => each.name === name)).toMatchObject({ site: "east", rows: 1 });
  const shown = await careline(sites, ada, ["salvage", "show", name]);
  expect(shown.json).toMatchObject({ rows: [{ key: { value: "99" } }] });
  const words = ["salvage", "merge", name];
  const preview2 = await careline(sites, ada, [...words, "--preview"]);
  expect(preview2.json).toMatchObject({ rows: [{ state: "same", action: "leave" }] });
  const unasked = await careline(sites, ada, [...words, "--reason", "test"]);
  expect(unasked).toMatchObject({ exitCode: 4, json: { error: { code: "NOT_CONFIRMED" } } });
});

it("takes salvaged rows only in the region that holds the permit, and only from the other controller", async () => {
  const rows = { kind: "compare", rows: [] };
  const ask = (site: "east" | "west", name: string, unit?: string): Promise<string> =>
    refusal(
      sites
        .peer("controller", site, name, unit)
        .request("POST", "/v1/salvage-rows", rows, 5_000, new AbortController().signal),
    );
  expect(await ask("east", "controller.west")).toBe("NOT_WRITABLE");
  expect(await ask("west", "controller.east")).toBe("");
  expect(await ask("west", "operator.ada", "approver")).toBe("NOT_ALLOWED");
  expect(await ask("west", "controller.witness")).toBe("NOT_ALLOWED");
  const session = { table: "portal.sessions", key: { session_id: "x" }, row: "{}" };
  const merge = { kind: "merge", copy: "c", confirmation: "c", by: "ada" };
  const smuggled = { ...merge, rows: [{ ...session, state: "absent", primaryDigest: null }] };
  expect(
    await refusal(
      sites
        .peer("controller", "west", "controller.east")
        .request("POST", "/v1/salvage-rows", smuggled, 5_000, new AbortController().signal),
    ),
  ).toBe("MERGE_REFUSED");
});

it("discards a copy only when two approvers agree, and keeps the proof", async () => {
  const path = `${salvaged}/discard`;
  expect(await refusal(east.send("POST", path, { reason: "test" }))).toBe("NOT_ALLOWED");
  const first = as("ada", "approver");
  const abel = as("abel", "approver");
  const asked = await first.send<DiscardAnswer>("POST", path, { reason: "all is merged" });
  expect(asked).toMatchObject({ kind: "waiting", by: "ada" });
  expect(await refusal(first.send("POST", path, { reason: "again" }))).toBe("SECOND_PERSON_NEEDED");
  const name = salvaged.split("/").at(-1);
  const before = await east.get<SalvageList>("/v1/salvage");
  expect(before.copies.find((each) => each.name === name)?.discardAskedBy).toBe("ada");
  const words = ["salvage", "discard", name ?? "", "--reason", "I looked as well"];
  const second = await careline(sites, { name: "abel", role: "approver" }, words);
  expect(second.exitCode).toBe(0);
  const done = second.json as DiscardAnswer;
  const proof = done.kind === "discarded" ? done.proof : null;
  expect(proof).toMatchObject({
    name,
    by: "ada and abel",
    reason: expect.stringMatching(/merged/),
  });
  expect(await abel.send<DiscardAnswer>("POST", path, { reason: "again" })).toEqual(done);
  const after = await east.get<SalvageList>("/v1/salvage");
  expect(after.copies.map((each) => each.name)).not.toContain(name);
  expect(after.discarded.map((each) => each.digest)).toContain(proof?.digest);
});

it("follows what a controller decides as events, for viewers and nobody else", async () => {
  const stop = new AbortController();
  const peer = sites.peer("controller", "west", "operator.vera", "viewer");
  const lines = peer.lines("/v1/events", stop.signal);
  await as("otto", "operator", "west").send("PUT", "/v1/automation", {
    enabled: false,
    reason: "test of the switch",
    minutes: 10,
  });
  expect(await east.get("/v1/automation")).toBeDefined();
  const event = eventually("an event comes", 60_000, async () => {
    const { value } = await lines.next();
    return typeof value === "string" && value.startsWith("data: ")
      ? JSON.parse(value.slice(6))
      : null;
  });
  // Any change of decision is an event: a pause of the standby's PostgreSQL makes one.
  await sites.kill("keeper-east");
  sites.startKeeper("east", { parameters });
  expect(await event).toMatchObject({
    kind: "decision",
    term: 2,
    at: expect.stringMatching(/^20/),
  });
  stop.abort();
  const stranger = sites.peer("controller", "west", "controller.east");
  const other = new AbortController();
  expect(await refusal(stranger.lines("/v1/events", other.signal).next())).toBe("NOT_ALLOWED");
  const otto = { name: "otto", role: "operator" };
  const shown = await careline(sites, { name: "vera", role: "viewer" }, ["automation"]);
  expect(shown.json).toMatchObject({ enabled: false, by: "otto", reason: "test of the switch" });
  expect((shown.json as Status["automation"]).until).toMatch(/^20/);
  const denied = await careline(sites, { name: "vera", role: "viewer" }, ["automation", "on"]);
  expect(denied).toMatchObject({ exitCode: 4 });
  expect(await careline(sites, otto, ["automation", "on"])).toMatchObject({ exitCode: 0 });
  await west.until("protected again", 120_000, isProtected("west"));
});

it("records drills, and readiness no longer misses them", async () => {
  const drill = { scenario: "region-loss", outcome: "kept", runs: 1 };
  const before = await east.get<Readiness>("/v1/readiness");
  expect(before.reasons.map(({ code }) => code)).toContain("no-recent-drill");
  const viewer = as("vera", "viewer");
  expect(await refusal(viewer.send("POST", "/v1/drills", drill))).toBe("NOT_ALLOWED");
  const odd = { ...drill, scenario: "Region Loss" };
  expect(await refusal(east.send("POST", "/v1/drills", odd))).toBe("REQUEST_INVALID");
  await east.send("POST", "/v1/drills", { ...drill, scenario: "broken-one", outcome: "broken" });
  const codes = async (): Promise<string[]> =>
    (await west.get<Readiness>("/v1/readiness")).reasons.map(({ code }) => code);
  expect(await codes()).toContain("no-recent-drill");
  await east.send("POST", "/v1/drills", drill);
  await eventually("the other controller knows", 20_000, async () => {
    return !(await codes()).includes("no-recent-drill");
  });
  expect(await west.get<DrillRecord[]>("/v1/drills")).toContainEqual(
    expect.objectContaining({ ...drill, by: "otto" }),
  );
});

const otto = { name: "otto", role: "operator" };
const runs = (words: readonly string[], who = otto): ReturnType<typeof careline> =>
  careline(sites, who, ["runs", ...words]);
const stepOf = async (id: string): Promise<string> => {
  const run = await west.get<RunRecord>(`/v1/runs/${id}`);
  return (
    run.steps.find(({ state }) => !["done", "skipped"].includes(state.kind))?.definition.name ?? ""
  );
};

/** A switchover to east whose controller is gone: the run stands before the take-over. */
async function standingRun(): Promise<string> {
  await sites.kill("controller-east");
  await west.until("east is silent", 30_000, (status) => !status.readiness.ready);
  const words = ["switchover", "east", "--no-wait"];
  const refused = await careline(sites, otto, words);
  expect(refused).toMatchObject({ exitCode: 4, notes: expect.stringMatching(/NOT_READY.*east/s) });
  const odd = await careline(sites, otto, [...words, "--ignore", "bad-weather"]);
  expect(odd).toMatchObject({ exitCode: 4, notes: expect.stringMatching(/REQUEST_INVALID/) });
  const ignored = ["--ignore", "site-silent", "--ignore", "standby-not-safe", "--ignore", "lag"];
  const ordered = await careline(sites, otto, [...words, ...ignored]);
  const { id } = ordered.json as { id: string };
  const { ignored: kept } = await west.get<RunRecord>(`/v1/runs/${id}`);
  expect(kept).toEqual(["site-silent", "standby-not-safe", "lag"]);
  await eventually("it stands before the take-over", 60_000, async () => {
    return (await stepOf(id)) === "taken-over";
  });
  return id;
}

it("refuses a switchover that is not ready, and pauses, resumes and cancels one that was ordered all the same", async () => {
  const id = await standingRun();
  expect(await runs(["pause", id], { name: "vera", role: "viewer" })).toMatchObject({
    exitCode: 4,
  });
  expect((await runs(["pause", id])).json).toMatchObject({ state: { kind: "paused", by: "otto" } });
  expect(await runs(["pause", id])).toMatchObject({ exitCode: 4 });
  expect((await runs(["resume", id])).json).toMatchObject({ state: { kind: "running" } });
  const skipped = await runs(["skip", id, "--reason", "test"]);
  expect(skipped).toMatchObject({ exitCode: 4, notes: expect.stringMatching(/cannot be skipped/) });
  expect(probes.west.holds()).toBe(false);
  expect(await runs(["cancel", id])).toMatchObject({ exitCode: 0 });
  await eventually("west takes its term back", 60_000, () => probes.west.holds());
  await eventually("it is cancelled", 30_000, async () => {
    const { state } = await west.get<RunRecord>(`/v1/runs/${id}`);
    return state.kind === "cancelled";
  });
  sites.startController("east", { parameters });
  await west.until("protected again", 120_000, isProtected("west"));
  expect((await west.status()).term).toBe(2);
});

it("goes on ungracefully when a person says so, and leaves out what may be left out, with the reason", async () => {
  const id = await standingRun();
  expect(await runs(["ungraceful", id])).toMatchObject({ exitCode: 0 });
  expect(await runs(["ungraceful", id])).toMatchObject({ exitCode: 4 });
  await sites.kill("controller-west");
  sites.startController("east", { parameters });
  await eventually("east serves", 90_000, () => probes.east.holds());
  for (const step of ["following", "redis-following", "standby-streams"]) {
    await eventually(`it stands at ${step}`, 90_000, async () => {
      const run = await east.get<RunRecord>(`/v1/runs/${id}`);
      const open = run.steps.find(({ state }) => !["done", "skipped"].includes(state.kind));
      return run.state.kind === "completed" || open?.definition.name === step;
    });
    await runs(["skip", id, "--reason", "west is repaired by hand"]);
  }
  const run = await east.get<RunRecord>(`/v1/runs/${id}`);
  expect(run).toMatchObject({ isGraceful: false, state: { kind: "completed" } });
  expect(run.steps.map(({ state }) => state)).toContainEqual({
    kind: "skipped",
    by: "otto",
    reason: "west is repaired by hand",
  });
  sites.startController("west", { parameters });
  await east.until("protected again", 150_000, isProtected("east"));
});

it("takes one of two switchovers that are ordered at the same moment at two controllers, and refuses the other", async () => {
  for (const to of ["west", "east"] as const) {
    const ignore = ["site-silent", "standby-not-safe", "lag"];
    const order = { kind: "switchover", to, ignore, reason: "test" };
    const termBefore = (await east.status()).term;
    const answers = await Promise.all(
      [east, west].map((at) => refusal(at.send("POST", "/v1/runs", order))),
    );
    expect(answers.toSorted()).toEqual(["", "RUN_CONFLICT"]);
    await east.until("it is moved and protected", 150_000, isProtected(to));
    expect((await east.status()).term).toBe((termBefore ?? 0) + 1);
  }
});

/** East writes for longer than the plan's RPO what west does not get, then it is lost. Answers how many rows. */
async function loseUnconfirmed(): Promise<number> {
  await withSocket(sites.regions.postgres.east, async (sql) => {
    await sql.unsafe(`insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id)
      values (gen_random_uuid(), 'inbound', 'offered', 'test', 'open')`);
  });
  await east.until("west has all", 30_000, (status) => status.lag.bytes === 0);
  const written = await withSocket(sites.regions.postgres.east, async (sql) => {
    const [slot] = await sql<{ pid: number | null }[]>`
      select active_pid as pid from pg_replication_slots where slot_name = 'west'`;
    const senderPid = slot?.pid ?? 0;
    expect(senderPid).toBeGreaterThan(1);
    process.kill(senderPid, "SIGSTOP");
    await sql`set synchronous_commit = local`;
    const startedMs = systemClock.monotonicMs();
    let rows = 0;
    while (systemClock.monotonicMs() - startedMs < 7_000) {
      await sql`insert into public.written values (${1_000 + rows})`;
      rows += 1;
      await systemClock.sleep(100);
    }
    return rows;
  });
  for (const name of ["controller-east", "keeper-east", "redis-east"]) await sites.kill(name);
  return written;
}

it("lets a forced failover beyond the plan wait for two other approvers, who see seconds, rows and open calls; the truth is compared", async () => {
  await east.send("PUT", "/v1/automation", { enabled: false, reason: "test", minutes: 30 });
  const written = await loseUnconfirmed();
  await west.until("the lapse is seen", 60_000, (status) => status.alarms.length > 0);
  const loss = await west.get<ExpectedLoss>("/v1/expected-loss");
  expect(loss).toMatchObject({
    ...{ seconds: expect.any(Number), rows: expect.any(Number) },
    ...{ openCalls: 1, geoComplete: true },
  });
  expect(loss.seconds).toBeGreaterThan(5);
  expect(loss.rows).toBeGreaterThanOrEqual(written);
  const first = as("ada", "approver", "west");
  const order = { kind: "failover", to: "west", reason: "test", confirmation: loss.confirmation };
  const { id } = await first.send<{ id: string }>("POST", "/v1/runs", order);
  const path = `/v1/runs/${id}/control`;
  const again = await west.get<ExpectedLoss>("/v1/expected-loss");
  const approve = { action: "approve", confirmation: again.confirmation };
  expect(await refusal(first.send("POST", path, approve))).toBe("RUN_CONFLICT");
  expect(await refusal(west.send("POST", path, approve))).toBe("RUN_CONFLICT");
  const abel = as("abel", "approver", "west");
  expect(await refusal(abel.send("POST", path, { action: "approve" }))).toBe(
    "CONFIRMATION_MISSING",
  );
  await abel.send("POST", path, approve);
  expect(await refusal(abel.send("POST", path, approve))).toBe("RUN_CONFLICT");
  expect(probes.west.holds()).toBe(false);
  const approved = await careline(sites, { name: "alma", role: "approver" }, [
    ...["runs", "approve", id, "--yes"],
  ]);
  expect(approved).toMatchObject({ exitCode: 0, notes: expect.stringMatching(/≤ \d+ rows/) });
  await eventually("west may acknowledge", 60_000, () => probes.west.holds());
  const run = await west.get<RunRecord>(`/v1/runs/${id}`);
  expect(run.approvals.map(({ by }) => by)).toEqual(["abel", "alma"]);
  expect(run.shown).toMatchObject({ openCalls: 1, rows: loss.rows, seconds: loss.seconds });

  await west.send("PUT", "/v1/automation", { enabled: true, reason: "test is over" });
  sites.startRedis("east");
  sites.startKeeper("east", { parameters });
  sites.startController("east", { parameters });
  await west.until("protected again", 150_000, isProtected("west"));
  const { copies } = await east.get<SalvageList>("/v1/salvage");
  const copy = copies.find((each) => each.rows === written);
  const report = await east.get<TailReport>(`/v1/salvage/${copy?.name}`);
  expect(report.approved.map(({ by, as: role }) => `${by} ${role}`)).toEqual([
    "ada orderer",
    "abel approver",
    "alma approver",
  ]);
  expect(report.compared).toMatchObject({ found: { rows: written }, isWithinApproved: true });
  const row = "public.written:value=1000";
  const merge = ["salvage", "merge", copy?.name ?? "", "--rows", row, "--reason", "test", "--yes"];
  const merged = await careline(sites, ada, merge);
  expect(merged).toMatchObject({
    exitCode: 0,
    json: { inserted: 1, replaced: 0, primary: "west" },
  });
  expect(await values("west")).toContain(1_000);
  expect(await values("west")).not.toContain(1_001);
  process.stdout.write(
    `approved ≤ ${loss.seconds} s, ≤ ${loss.rows} rows; found ${report.compared.found.seconds} s, ${written} rows\n`,
  );
});

it("deletes copies whose time is over by itself, with the proof", async () => {
  const before = await east.get<SalvageList>("/v1/salvage");
  expect(before.copies.length).toBeGreaterThan(0);
  await sites.kill("controller-east");
  // 0.000001 days: everything that is there is old.
  sites.startController("east", { parameters, quarantineDays: 0.000_001 });
  const after = await eventually("they are gone", 60_000, async () => {
    const list = await east.get<SalvageList>("/v1/salvage");
    const proven = list.discarded.map(({ name }) => name);
    const areProven = before.copies.every(({ name }) => proven.includes(name));
    return list.copies.length === 0 && areProven ? list : null;
  });
  for (const { name } of before.copies) {
    const proof = after.discarded.find((each) => each.name === name);
    expect(proof).toMatchObject({
      by: "retention",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  }
});
