import { systemClock, systemRandom } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createAuthority } from "../testing/authority.ts";
import { configureTwoRegions } from "../testing/region.ts";
import { migratePortal, RegionServer } from "../testing/region-server.ts";
import { becomeUnprivileged, eventually, Trial } from "../testing/trial.ts";
import {
  type ComparedRow,
  type CopiedRow,
  type DivergedRow,
  forkFromUpstream,
  listDivergedRows,
  type MergeOrder,
  type MergeRow,
  MergeTarget,
  mergeIdOf,
  readCopiedRows,
  readDataId,
  standbyName,
  timelineOf,
  writeSynchronous,
  writeUpstream,
} from "./index.ts";

becomeUnprivileged();
// Real servers on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });
const trial = new Trial("merge");
const never = new AbortController().signal;
const storeId = systemRandom.uuid();
const id = (n: number): string => `01990000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [agent, known, onlyOld, call, note, event, reaction, task, callback] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9,
].map(id) as [string, string, string, string, string, string, string, string, string];
let east: RegionServer;
let west: RegionServer;
let target: MergeTarget;
let copy = "";
let forkLsn = "";
let rows: readonly DivergedRow[] = [];

const patient = (patientId: string, mrn: string, lastName: string): string =>
  `insert into portal.patients (patient_id, mrn, first_name, last_name, phone, phone_digits)
   values ('${patientId}', '${mrn}', 'Test', '${lastName}', '2125550100', '2125550100')`;
const auditRow = (auditId: string): string =>
  `insert into portal.audit_log (audit_id, "timestamp", action, resource_type, region, status_code, request_id, origin)
   values ('${auditId}', now(), 'patient_created', 'patient', 'east', 201, '${auditId}', 'system')`;

/** Two servers that really diverged: east was killed with commits that west never had, west was promoted and wrote others. */
beforeAll(async () => {
  const regions = await configureTwoRegions(trial, createAuthority(trial.dir));
  east = new RegionServer(regions.postgres.east);
  west = new RegionServer(regions.postgres.west);
  await east.copies.initialise(never);
  await east.server.start("primary", 20_000, never);
  await east.sql.ensureFoundation(never);
  await east.sql.recordTerm({ term: 1, storeId, site: "east" }, never);
  await migratePortal(east.config, "east", trial.dir);
  await east.with((sql) =>
    sql.unsafe(`insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name)
      values ('${agent}', 'a', 'a@example.org', 'Test', 'Agent'); ${patient(known, "MRN-1", "Known")}`),
  );
  await east.sql.ensureSlot("west", never);
  await west.copies.clone("bootstrap", never);
  const name = standbyName("west", readDataId(west.config) ?? "");
  writeUpstream(west.config, { slot: "west", name });
  await west.server.start("standby", 20_000, never);
  await eventually("west has it", 15_000, async () => {
    const state = await east.sql.replication("west", never);
    return state.standby?.lagBytes === 0;
  });
  writeUpstream(west.config, null);
  west.server.reload();
  await west.sql.awaitReceiver(false, 5_000, never);
  await divergeEast();
  await east.server.stop("immediate", never);
  writeSynchronous(west.config, null);
  const { startLsn } = await west.sql.promote(never);
  await west.sql.recordTerm({ term: 2, storeId, site: "west" }, never);
  await west.with((sql) =>
    sql.unsafe(`update portal.patients set city = 'West' where patient_id = '${known}'`),
  );
  forkLsn = startLsn;
  copy = await east.copies.quarantine("old-east", never);
  const found = await listDivergedRows(east.config, copy, startLsn, systemClock, never);
  rows = found.rows;
  target = new MergeTarget(west.config, systemClock, systemRandom);
});
afterAll(async () => {
  await target?.close();
  await Promise.all([east?.end(), west?.end()]);
  await trial.end();
});

async function divergeEast(): Promise<void> {
  await east.with((sql) =>
    sql.unsafe(`begin; set local careline.term = '1'; ${patient(onlyOld, "MRN-2", "Old")};
      savepoint one;
      insert into portal.call_logs (call_id, patient_id, agent_id, call_type, state, call_status, provider, provider_call_id)
        values ('${call}', '${onlyOld}', '${agent}', 'inbound', 'closed', 'completed', 'test', 'c1');
      insert into portal.call_notes (note_id, call_id, agent_id, note_text, note_type, region)
        values ('${note}', '${call}', '${agent}', 'said it twice', 'general', 'east');
      insert into portal.adverse_events (event_id, event_number, call_id, reported_by_agent_id, awareness_client_instant,
          awareness_zone, awareness_at, awareness_day, awareness_is_corrected, is_valid, is_serious)
        values ('${event}', 'AE-1', '${call}', '${agent}', 'x', 'UTC', now(), current_date, false, true, false);
      insert into portal.adverse_event_reactions (reaction_id, event_id, position, verbatim, outcome, seriousness)
        values ('${reaction}', '${event}', 1, 'rash', 'unknown', '{death}');
      insert into portal.tasks (task_id, call_id, kind, due_at, instruction)
        values ('${task}', '${call}', 'callback', now(), 'call back');
      insert into portal.call_logs (call_id, agent_id, call_type, state, call_status, provider, provider_call_id, task_id, original_call_id)
        values ('${callback}', '${agent}', 'outbound', 'closed', 'completed', 'test', 'c2', '${task}', '${call}');
      update portal.tasks set undecided_call_id = '${callback}' where task_id = '${task}';
      ${auditRow(id(90))};
      release one; commit;
      update portal.patients set city = 'East', phone_digits = '2125550199' where patient_id = '${known}'`),
  );
}

const copied = (wanted: (row: DivergedRow) => boolean): Promise<CopiedRow[]> =>
  readCopiedRows(east.config, copy, rows.filter(wanted), systemClock, never);
const order = (confirmation: string): MergeOrder => ({
  copy: "old-east",
  confirmation,
  by: "ada",
  term: 2,
  region: "west",
  at: new Date(0).toISOString(),
});
const stateOf = (states: readonly ComparedRow[], table: string): string | undefined =>
  states.find((row) => row.table === `portal.${table}`)?.state;
function toMerge(all: readonly CopiedRow[], states: readonly ComparedRow[]): MergeRow[] {
  return all.flatMap((row, index) => {
    const found = states[index];
    if (found?.state !== "absent" && found?.state !== "other") return [];
    return [{ ...row, state: found.state, primaryDigest: found.primaryDigest }];
  });
}
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (thrown) => `${thrown.code}: ${thrown.message}`,
  );
const countAudit = async (): Promise<number> => {
  const [row] = await west.with(
    (sql) => sql<{ n: number }[]>`select count(*)::int as n from portal.audit_log`,
  );
  return row?.n ?? 0;
};

it("knows from the other region's own history where the two parted, also when nobody noted it", async () => {
  const own = (await timelineOf(copy)) ?? 0;
  const ask = (timelines: { own: number; source: number }): Promise<string | null> =>
    forkFromUpstream(east.config, timelines, systemClock, never);
  expect(await ask({ own, source: 2 })).toBe(forkLsn);
  expect(await ask({ own, source: 1 })).toBeNull();
  expect(await ask({ own, source: 9 })).toBeNull();
});

it("lists rows of transactions with savepoints as well", () => {
  expect([...new Set(rows.map((row) => row.table))]).toEqual([
    "portal.adverse_event_reactions",
    "portal.adverse_events",
    "portal.audit_log",
    "portal.call_logs",
    "portal.call_notes",
    "portal.patients",
    "portal.tasks",
  ]);
  expect(rows.filter((row) => row.table === "portal.patients")).toHaveLength(2);
});

it("says for each row whether the primary lacks it, has the same, or has another version, without changing anything", async () => {
  const all = await copied(() => true);
  const states = await target.compare(all, never);
  const patients = states.filter((row) => row.table === "portal.patients");
  expect(patients.map((row) => [row.key.patient_id, row.state])).toEqual(
    expect.arrayContaining([
      [known, "other"],
      [onlyOld, "absent"],
    ]),
  );
  expect(stateOf(states, "call_notes")).toBe("absent");
  for (const row of states) expect(row.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await countAudit()).toBe(0);
});

it("refuses rows whose parents are missing, by name and code, and then nothing of the order is there", async () => {
  const some = await copied((row) => row.table === "portal.call_notes");
  const states = await target.compare(some, never);
  const outcome = await codeOf(target.merge(toMerge(some, states), order("orphan"), never));
  expect(outcome).toMatch(/^MERGE_REFUSED: 23503 at call_notes/);
  expect(outcome).not.toContain("said it twice");
  expect(await countAudit()).toBe(0);
});

it("inserts what the primary lacks, rows that refer to each other together, with one audit row each in the same transaction, and leaves other versions alone", async () => {
  const all = await copied((row) => row.key.patient_id !== known);
  const states = await target.compare(all, never);
  expect(await target.merge(toMerge(all, states), order("first"), never)).toEqual({
    kind: "merged",
    inserted: 8,
    replaced: 0,
  });
  const [found] = await west.with(
    (sql) => sql`
      select (select note_text from portal.call_notes where note_id = ${note}) as note,
             (select city from portal.patients where patient_id = ${known}) as city,
             (select phone_masked from portal.patients where patient_id = ${onlyOld}) as phone,
             (select seriousness from portal.adverse_event_reactions where reaction_id = ${reaction}) as seriousness,
             (select term::int from portal.audit_log where audit_id = ${id(90)}) as "oldAuditTerm"`,
  );
  expect(found).toEqual({
    note: "said it twice",
    city: "West",
    phone: "XXX-XXX-0100",
    seriousness: ["death"],
    oldAuditTerm: 2,
  });
  const trail = await west.with(
    (sql) => sql<{ action: string; term: number; details: string; patient: string | null }[]>`
      select action, term::int as term, details, patient_id as patient from portal.audit_log
       where request_id = ${mergeIdOf(order("first"))}::uuid`,
  );
  expect(trail).toHaveLength(9);
  expect(trail.filter((row) => row.action === "salvage_row_inserted")).toHaveLength(8);
  expect(trail.every((row) => row.term === 2)).toBe(true);
  expect(trail.some((row) => row.patient === onlyOld)).toBe(true);
  const texts = trail.map((row) => row.details).join();
  expect(texts).toContain('"by": "ada"'.replace(" ", ""));
  for (const content of ["said it twice", "rash", "2125550100", "Old"])
    expect(texts).not.toContain(content);
});

it("does nothing twice: a repeat of the same order answers what the first did", async () => {
  const before = await countAudit();
  const all = await copied((row) => row.key.patient_id !== known);
  const again = toMerge(
    all,
    all.map((row) => ({ ...row, state: "absent", digest: "", primaryDigest: null })),
  );
  expect(await target.merge(again, order("first"), never)).toEqual({
    kind: "merged-before",
    inserted: 8,
    replaced: 0,
  });
  expect(await countAudit()).toBe(before);
  const same = await target.compare(all, never);
  expect(stateOf(same, "call_notes")).toBe("same");
});

it("takes the old version of a named row only as it was shown: refused when the primary's changed meanwhile", async () => {
  const one = await copied((row) => row.key.patient_id === known);
  const shown = toMerge(one, await target.compare(one, never));
  await west.with(
    (sql) => sql`update portal.patients set city = 'Later' where patient_id = ${known}`,
  );
  expect(await codeOf(target.merge(shown, order("stale"), never))).toMatch(/^RUN_CONFLICT/);
  const fresh = toMerge(one, await target.compare(one, never));
  expect(await target.merge(fresh, order("fresh"), never)).toMatchObject({ replaced: 1 });
  const [row] = await west.with(
    (sql) => sql`select city, phone_digits from portal.patients where patient_id = ${known}`,
  );
  expect(row).toEqual({ city: "East", phone_digits: "2125550199" });
});

it("obeys the audit trail's own rules: an old term, and a change of the trail, are refused by the database", async () => {
  const one = await copied((row) => row.key.patient_id === known);
  await west.with(
    (sql) => sql`update portal.patients set city = 'Again' where patient_id = ${known}`,
  );
  const shown = toMerge(one, await target.compare(one, never));
  const late = { ...order("late"), term: 1 };
  expect(await codeOf(target.merge(shown, late, never))).toMatch(/^MERGE_REFUSED: CL001/);
  const trail = await copied((row) => row.table === "portal.audit_log");
  const changed = toMerge(trail, await target.compare(trail, never));
  expect(changed.map((row) => row.state)).toEqual(["other"]);
  expect(await codeOf(target.merge(changed, order("trail"), never))).toMatch(
    /^MERGE_REFUSED: CL002/,
  );
});
