import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { invariant } from "@careline/platform";
import type postgres from "postgres";
import { PortalError } from "../problems/index.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** The folder of the numbered files `NNNN-name.sql`. */
export const migrationsFolder = new URL("./migrations/", import.meta.url);

/**
 * Reads the migrations in order. Line 1 of each says whether it breaks running code.
 * Errors: MIGRATION_NAME_INVALID, MIGRATION_NUMBER_TWICE, MIGRATION_HEADER_MISSING.
 */
export function readMigrations(folder: URL = migrationsFolder): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .map((file) => readMigration(folder, file))
    .sort((left, right) => left.number - right.number);
  const numbers = new Set<number>();
  for (const migration of migrations) {
    if (numbers.has(migration.number)) {
      throw new PortalError(
        "MIGRATION_NUMBER_TWICE",
        `two migrations are numbered ${migration.number}`,
      );
    }
    numbers.add(migration.number);
  }
  return migrations;
}

function readMigration(folder: URL, file: string): Migration {
  const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
  if (match === null)
    throw new PortalError("MIGRATION_NAME_INVALID", `${file} is not NNNN-name.sql`);
  const [, number, name] = match;
  invariant(number !== undefined && name !== undefined, "the pattern has two groups");
  const text = readFileSync(new URL(file, folder), "utf8");
  if (!/^-- (does not break running code|breaks running code: .+)\n/.test(text)) {
    throw new PortalError(
      "MIGRATION_HEADER_MISSING",
      `${file} does not say in line 1 whether it breaks running code`,
    );
  }
  return {
    number: Number(number),
    name,
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

/** Any constant; every migrator of this database takes this lock first. */
const lockKey = 728_164_001;

/**
 * Brings the database to the newest migration, each in a transaction of its own, as the role connected (careline_owner).
 * Two at once: the second waits. Answers the numbers it applied.
 * Errors: MIGRATION_CHANGED (an applied file was edited), MIGRATION_OUT_OF_ORDER, MIGRATION_ON_STANDBY.
 */
export async function migrate(
  sql: postgres.Sql,
  migrations: readonly Migration[],
): Promise<readonly number[]> {
  const [server] = await sql<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`;
  if (server?.standby !== false) {
    throw new PortalError("MIGRATION_ON_STANDBY", "this server is a standby; migrate the primary");
  }
  await sql`select pg_advisory_lock(${lockKey})`;
  try {
    await createJournal(sql);
    const pending = pendingMigrations(migrations, await readApplied(sql));
    for (const migration of pending) await apply(sql, migration);
    return pending.map(({ number }) => number);
  } finally {
    await sql`select pg_advisory_unlock(${lockKey})`;
  }
}

interface Applied {
  readonly number: number;
  readonly sha256: string;
}

/** What is still to be applied, after checking that history was not rewritten. Pure. */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): readonly Migration[] {
  const done = new Map(applied.map(({ number, sha256 }) => [number, sha256]));
  const newest = Math.max(0, ...done.keys());
  const pending: Migration[] = [];
  for (const migration of migrations) {
    const sha256 = done.get(migration.number);
    if (sha256 === undefined) {
      if (migration.number < newest) {
        throw new PortalError(
          "MIGRATION_OUT_OF_ORDER",
          `${migration.number} comes after ${newest} was applied`,
        );
      }
      pending.push(migration);
    } else if (sha256 !== migration.sha256) {
      throw new PortalError(
        "MIGRATION_CHANGED",
        `${migration.number} was edited after it was applied`,
      );
    }
  }
  return pending;
}

async function createJournal(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists portal;
    create table if not exists portal.migrations (
      number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now()
    )`);
}

async function readApplied(sql: postgres.Sql): Promise<readonly Applied[]> {
  return sql<Applied[]>`select number, sha256 from portal.migrations order by number`;
}

async function apply(sql: postgres.Sql, migration: Migration): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local search_path = portal`;
    await tx.unsafe(migration.text);
    await tx`insert into portal.migrations (number, name, sha256)
             values (${migration.number}, ${migration.name}, ${migration.sha256})`;
  });
}
