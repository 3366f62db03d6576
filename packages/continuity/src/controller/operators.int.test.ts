import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { careline } from "../testing/operator-cli.ts";
import { migratePortal, withSocket } from "../testing/region-server.ts";
import { PermitProbe, SiteClient } from "../testing/site-client.ts";
import { calmParameters as parameters, SitesTrial } from "../testing/sites-trial.ts";
import { becomeUnprivileged, eventually } from "../testing/trial.ts";
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
  const done = await abel.send<DiscardAnswer>("POST", path, { reason: "I looked as well" });
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
