import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type AuditRow, canonicalBytes } from "../audit/canonical.ts";
import {
  createTestAuthority,
  startTestCluster,
  type TestCluster,
  type TestDatabase,
} from "../testing/index.ts";
import { migrate, readMigrations } from "./index.ts";

const authority = createTestAuthority();
let cluster: TestCluster;
let database: TestDatabase;
beforeAll(async () => {
  cluster = await startTestCluster(authority, { upToMigration: 99 });
});
afterAll(async () => {
  await cluster.stop();
  authority.remove();
});
beforeEach(async () => {
  database = await cluster.createDatabase();
});
afterEach(async () => database.drop());

const agentId = "01990000-0000-7000-8000-000000000001";
const otherId = "01990000-0000-7000-8000-000000000002";

async function seedAgents(): Promise<void> {
  const owner = database.connect("careline_owner");
  await owner`insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example'),
           (${otherId}, 'sub-2', 'two@careline.example', 'Bo', 'Example')`;
}

const anAuditRow = (changes: Partial<AuditRow> = {}): AuditRow => ({
  auditId: "01990000-0000-7000-8000-00000000000a",
  timestamp: new Date("2026-11-22T10:00:00.123Z"),
  agentId,
  action: "call_read",
  resourceType: "call",
  resourceId: "01990000-0000-7000-8000-0000000000ff",
  patientId: null,
  ipAddress: "127.0.0.1",
  userAgent: "agent/1 «ü» 🩺",
  sessionId: null,
  region: "east",
  statusCode: 200,
  details: '{"fields":2}',
  requestId: "01990000-0000-7000-8000-0000000000ee",
  origin: "agent",
  ...changes,
});

async function insertAudit(
  row: AuditRow,
  term: string,
): Promise<{ canonical: Buffer; term: string }> {
  const app = database.connect("careline_app");
  return app.begin(async (tx) => {
    await tx`select set_config('careline.agent_id', ${agentId}, true), set_config('careline.term', ${term}, true),
                    set_config('careline.permissions', '{auditor}', true)`;
    await tx`insert into portal.audit_log (audit_id, "timestamp", agent_id, action, resource_type, resource_id, patient_id,
        ip_address, user_agent, session_id, region, status_code, details, request_id, origin)
      values (${row.auditId}, ${row.timestamp}, ${row.agentId}, ${row.action}, ${row.resourceType}, ${row.resourceId}, ${row.patientId},
        ${row.ipAddress}, ${row.userAgent}, ${row.sessionId}, ${row.region}, ${row.statusCode}, ${row.details}, ${row.requestId}, ${row.origin})`;
    const [read] = await tx<{ canonical: Buffer; term: string }[]>`
      select portal.audit_canonical(l) as canonical, term from portal.audit_log l where audit_id = ${row.auditId}`;
    if (read === undefined) throw new TypeError("the row is not there");
    return read;
  });
}

it("migrates twice without doing anything the second time", async () => {
  const owner = database.connect("careline_owner");
  expect(
    await migrate(
      owner,
      readMigrations().filter(({ number }) => number <= 99),
    ),
  ).toEqual([]);
});

it("encodes an audit row in SQL exactly as the portal does [HCC-DB-10]", async () => {
  for (const row of [
    anAuditRow(),
    anAuditRow({ auditId: otherId, resourceId: null, ipAddress: null, userAgent: null }),
  ]) {
    const read = await insertAudit(row, "1");
    expect(read.canonical.toString("hex")).toBe(canonicalBytes(row, 1).toString("hex"));
  }
});

it("refuses an audit row of an old or a future term, and of none", async () => {
  for (const term of ["0", "2", ""]) {
    await expect(insertAudit(anAuditRow(), term)).rejects.toMatchObject({ code: "CL001" });
  }
});

it("refuses a portal's writes from the moment a newer term exists", async () => {
  await insertAudit(anAuditRow(), "1");
  const admin = database.connect("postgres");
  await admin`insert into continuity.terms select 2, store_id, 'west', 2, pg_current_wal_lsn(), now() from continuity.terms`;
  await expect(insertAudit(anAuditRow({ auditId: otherId }), "1")).rejects.toMatchObject({
    code: "CL001",
  });
});

it("lets nobody change the audit trail: not the portal's role, not its owner", async () => {
  await insertAudit(anAuditRow(), "1");
  const app = database.connect("careline_app");
  await expect(app`update portal.audit_log set action = 'x'`).rejects.toMatchObject({
    code: "42501",
  });
  await expect(app`delete from portal.audit_log`).rejects.toMatchObject({ code: "42501" });
  await expect(app`truncate portal.audit_log`).rejects.toMatchObject({ code: "42501" });
  const owner = database.connect("careline_owner");
  await expect(owner`update portal.audit_log set action = 'x'`).rejects.toMatchObject({
    code: "CL002",
  });
  await expect(owner`truncate portal.audit_log`).rejects.toMatchObject({ code: "CL002" });
});

it("gives the portal's role no way past row-level security [HCC-SEC-06]", async () => {
  await seedAgents();
  const app = database.connect("careline_app");
  expect(await app`select * from portal.agents`).toHaveLength(0);
  const withoutPolicies = app.begin(async (tx) => {
    await tx`set local row_security = off`;
    return tx`select * from portal.agents`;
  });
  await expect(withoutPolicies).rejects.toMatchObject({ code: "42501" });
  await expect(app`alter table portal.agents disable row level security`).rejects.toMatchObject({
    code: "42501",
  });
  await expect(app`set role careline_owner`).rejects.toMatchObject({ code: "42501" });
  await expect(app`create table portal.mine (id int)`).rejects.toMatchObject({ code: "42501" });
  await expect(app`create table public.mine (id int)`).rejects.toMatchObject({ code: "42501" });
  const [role] =
    await app`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'careline_app'`;
  expect(role).toEqual({
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
  });
});

it("takes the right to make temporary tables from everybody but the owner", async () => {
  const app = cluster.connect("careline_template", "careline_app");
  try {
    await expect(app`create temporary table mine (id int)`).rejects.toMatchObject({
      code: "42501",
    });
  } finally {
    await app.end();
  }
});

it("shows an agent only themselves, and a supervisor their team [HCC-SEC-06]", async () => {
  await seedAgents();
  const app = database.connect("careline_app");
  const seenAs = async (role: string, teamId: string): Promise<number> =>
    app.begin(async (tx) => {
      await tx`select set_config('careline.agent_id', ${agentId}, true), set_config('careline.role', ${role}, true), set_config('careline.team_id', ${teamId}, true)`;
      return (await tx`select 1 from portal.agents`).length;
    });
  expect(await seenAs("agent", "")).toBe(1);
  const owner = database.connect("careline_owner");
  await owner`insert into portal.teams values (${otherId}, 'Night')`;
  await owner`update portal.agents set team_id = ${otherId}`;
  expect(await seenAs("agent", otherId)).toBe(1);
  expect(await seenAs("supervisor", otherId)).toBe(2);
});

it("cannot write an audit row in someone else's name", async () => {
  await expect(insertAudit(anAuditRow({ agentId: otherId }), "1")).rejects.toMatchObject({
    code: "42501",
  });
});

it("derives when an audit row reached the other region, without changing it [HCC-DB-10]", async () => {
  const row = anAuditRow();
  await insertAudit(row, "1");
  const app = database.connect("careline_app");
  const replication = async (): Promise<unknown> =>
    app.begin(async (tx) => {
      await tx`select set_config('careline.role', 'system', true)`;
      const [read] =
        await tx`select replicated_to_dr, replication_timestamp from portal.audit_log_replication where audit_id = ${row.auditId}`;
      return read;
    });
  expect(await replication()).toEqual({ replicated_to_dr: false, replication_timestamp: null });
  const at = new Date("2026-11-22T10:00:05Z");
  await app.begin(async (tx) => {
    await tx`select set_config('careline.role', 'system', true)`;
    await tx`insert into portal.audit_replication_marks values (pg_snapshot_xmin(pg_current_snapshot()), 1, pg_current_wal_lsn(), ${at})`;
  });
  expect(await replication()).toEqual({ replicated_to_dr: true, replication_timestamp: at });
});
