import type postgres from "postgres";
import type { FieldCipher } from "../encryption/index.ts";
import { sealPatient } from "../patients/index.ts";
import { derivedId } from "../telephony/index.ts";
import { demoAgents, demoPatient, demoTeams } from "./demo-people.ts";
import { demoProgrammes } from "./demo-programmes.ts";

/** 500 rows a statement keep each below PostgreSQL's 65,535 parameters. */
const batchRows = 500;

const id = (kind: string, name: string): string => derivedId("demo", kind, name);

async function fillProgrammes(sql: postgres.Sql): Promise<void> {
  for (const { queue, ...programme } of demoProgrammes) {
    const programmeId = id("programme", programme.code);
    const queueId = id("queue", queue.code);
    await sql`
      insert into portal.programmes (programme_id, code, name, greeting, script, products, languages, caller_id)
      values (${programmeId}, ${programme.code}, ${programme.name}, ${programme.greeting}, ${[...programme.script]},
              ${[...programme.products]}, ${[...programme.languages]}, ${programme.callerId})
      on conflict (code) do update set caller_id = coalesce(portal.programmes.caller_id, excluded.caller_id)`;
    await sql`
      insert into portal.queues (queue_id, programme_id, code, name, skill)
      values (${queueId}, ${programmeId}, ${queue.code}, ${queue.name}, ${queue.skill}) on conflict do nothing`;
    const codes = queue.wrapUp.map(([code, label], position) => ({
      queue_id: queueId,
      code,
      label,
      position,
    }));
    await sql`insert into portal.queue_wrap_up_codes ${sql(codes)} on conflict do nothing`;
  }
}

async function fillStaff(sql: postgres.Sql, count: number): Promise<void> {
  const teams = Array.from({ length: demoTeams }, (_, index) => ({
    team_id: id("team", String(index + 1)),
    name: `Demo team ${index + 1}`,
  }));
  await sql`insert into portal.teams ${sql(teams)} on conflict do nothing`;
  const staff = demoAgents(count);
  const agents = staff.map((one, index) => ({
    agent_id: id("agent", one.login),
    azure_ad_object_id: `demo|${one.login}`,
    email: `${one.login}@careline.example`,
    first_name: one.firstName,
    last_name: one.lastName,
    employee_id: one.employeeId,
    role: one.role,
    team_id: one.team === null ? null : id("team", String(one.team)),
    permissions: [...one.permissions],
    primary_location: index % 2 === 0 ? "east" : "west",
    hire_date: "2026-01-05",
  }));
  await sql`insert into portal.agents ${sql(agents)} on conflict do nothing`;
  const programmes = staff.flatMap((one) =>
    demoProgrammes.map(({ code }) => ({
      agent_id: id("agent", one.login),
      programme_id: id("programme", code),
    })),
  );
  await sql`insert into portal.agent_programmes ${sql(programmes)} on conflict do nothing`;
  const skills = staff.flatMap((one) =>
    [
      ...demoProgrammes.map(({ queue }) => ({ kind: "skill", code: queue.skill as string })),
      ...one.languages.map((code) => ({ kind: "language", code })),
    ].map((skill) => ({ agent_id: id("agent", one.login), ...skill, level: 3 })),
  );
  await sql`insert into portal.agent_skills ${sql(skills)} on conflict do nothing`;
  const presence = agents.map(({ agent_id }) => ({ agent_id }));
  await sql`insert into portal.agent_presence ${sql(presence)} on conflict do nothing`;
}

async function fillPatients(sql: postgres.Sql, cipher: FieldCipher, count: number): Promise<void> {
  const [row] = await sql<{ present: number }[]>`
    select count(*)::int as present from portal.patients where mrn like 'DEMO-%'`;
  for (let first = (row?.present ?? 0) + 1; first <= count; first += batchRows) {
    const numbers = Array.from(
      { length: Math.min(batchRows, count - first + 1) },
      (_, index) => first + index,
    );
    const rows = await Promise.all(
      numbers.map((number) => {
        const { number: _, ...fields } = demoPatient(number);
        const patientId = id("patient", fields.mrn);
        return sealPatient(cipher, { ...fields, patientId, isIdentified: true });
      }),
    );
    await sql`insert into portal.patients ${sql(rows)} on conflict do nothing`;
  }
}

/**
 * Fills an installation with people who do not exist. A second run adds nothing; a larger number adds the difference.
 * Runs as the owner: the application's role may not create staff.
 */
export async function fillDatabase(
  sql: postgres.Sql,
  cipher: FieldCipher,
  counts: { readonly agents: number; readonly patients: number },
): Promise<void> {
  // Demonstration data need not wait for the other region.
  await sql`set synchronous_commit = local`;
  await fillProgrammes(sql);
  await fillStaff(sql, counts.agents);
  await fillPatients(sql, cipher, counts.patients);
}
