import { readSecret } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import type { Sql } from "./local-sql.ts";

/** What `docs/reference/site-contracts.md`, "Database", promises the portal before anything else exists. */
const SCHEMA = `
create schema if not exists continuity authorization careline_continuity;
grant usage on schema continuity to public;
create table if not exists continuity.terms (
  term bigint primary key,
  store_id uuid not null,
  site text not null,
  timeline int not null,
  start_lsn pg_lsn not null,
  began_at timestamptz not null
);
alter table continuity.terms owner to careline_continuity;
grant select on continuity.terms to public;
create table if not exists continuity.canary (id int primary key, at timestamptz not null);
alter table continuity.canary owner to careline_continuity;
create or replace function continuity.confirmed_lsn() returns pg_lsn
  language sql stable security definer set search_path = pg_catalog as $$
  select r.flush_lsn
    from pg_replication_slots s
    join pg_stat_replication r on r.pid = s.active_pid
   where s.slot_name in ('east', 'west') and s.slot_type = 'physical' and r.state = 'streaming'
   order by r.flush_lsn
   limit 1
$$;
revoke all on function continuity.confirmed_lsn() from public;
grant execute on function continuity.confirmed_lsn() to public;
`;

const ROLES = [
  ["careline_owner", "login"],
  ["careline_app", "login"],
  ["careline_replication", "login replication"],
  ["careline_continuity", "nologin"],
] as const;

/** pg_rewind reads the other server's files through these (its documentation, "Notes"). */
const REWIND_FUNCTIONS = [
  "pg_ls_dir(text, boolean, boolean)",
  "pg_stat_file(text, boolean)",
  "pg_read_binary_file(text)",
  "pg_read_binary_file(text, bigint, bigint, boolean)",
];

/** Roles, with their passwords set anew, and the database. Each statement may be repeated. `sql`: on `postgres`. */
export async function ensureRoles(sql: Sql, config: PostgresConfig): Promise<void> {
  await sql.unsafe("set synchronous_commit = local");
  const secrets: Record<string, string> = {
    careline_owner: readSecret(config.ownerPasswordFile),
    careline_app: readSecret(config.appPasswordFile),
    careline_replication: readSecret(config.replicationPasswordFile),
  };
  for (const [name, options] of ROLES) {
    const known = await sql`select 1 from pg_roles where rolname = ${name}`;
    if (known.length === 0) await sql.unsafe(`create role ${name}`);
    const secret = secrets[name];
    const password = secret === undefined ? "" : ` password '${secret.replaceAll("'", "''")}'`;
    await sql.unsafe(`alter role ${name} with ${options}${password}`);
  }
  for (const name of REWIND_FUNCTIONS) {
    await sql.unsafe(`grant execute on function pg_catalog.${name} to careline_replication`);
  }
  const database = await sql`select 1 from pg_database where datname = 'careline'`;
  if (database.length === 0) {
    await sql.unsafe(
      "create database careline owner careline_owner template template0 encoding 'UTF8'",
    );
  }
  await sql.unsafe("revoke connect on database careline from public");
  await sql.unsafe("grant connect on database careline to careline_app");
}

/** Schema `continuity`. `sql`: on `careline`. */
export async function ensureSchema(sql: Sql): Promise<void> {
  await sql.unsafe(`set synchronous_commit = local; ${SCHEMA}`);
}
