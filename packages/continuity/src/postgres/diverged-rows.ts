import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { commandEnv, runCommand } from "./command.ts";

/** One row as a diverged transaction left it, named by its primary key. */
export interface DivergedRow {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly transaction: number;
  readonly committedAt: string | null;
}

export interface DivergedRows {
  readonly transactions: number;
  readonly rows: readonly DivergedRow[];
  readonly deleted: Readonly<Record<string, number>>;
}

/** More than this many rows are counted, not listed. */
const ROWS_MAX = 10_000;
const OPEN_WITHIN_MS = 120_000;

/**
 * Transactions that committed beyond `forkLsn` in a quarantined copy: found in its log, then looked up
 * in the copy itself, opened read-only on a socket of its own that nobody else can reach.
 */
export async function listDivergedRows(
  config: PostgresConfig,
  copy: string,
  forkLsn: string | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<DivergedRows> {
  const log = await divergedLog(config, copy, forkLsn, clock, signal);
  if (log.committed.size === 0) return { transactions: 0, rows: [], deleted: {} };
  const server = await openIsolated(config, copy, clock, signal);
  try {
    const found = await rowsOf(server.sql, [...log.committed]);
    const deleted = await deletions(server.sql, log.deletes, log.committed);
    return { transactions: log.committed.size, rows: found, deleted };
  } finally {
    await server.close();
  }
}

interface DivergedLog {
  readonly committed: ReadonlySet<number>;
  /** Relation file numbers of rows that were deleted, with the transaction. */
  readonly deletes: readonly { readonly transaction: number; readonly relation: number }[];
}

async function divergedLog(
  config: PostgresConfig,
  copy: string,
  forkLsn: string | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<DivergedLog> {
  const segments = await firstSegment(copy);
  const start = forkLsn === null ? [] : ["--start", forkLsn];
  // pg_waldump starts at a record's first byte: a fork inside a record is moved to the next one by itself.
  const dump = await runCommand(
    {
      command: "/bin/sh",
      args: [
        "-c",
        'exec "$0" "$@" 2>/dev/null | grep -E "desc: (COMMIT|DELETE)"',
        `${config.binDir}/pg_waldump`,
        ...["--path", `${copy}/pg_wal`, "--timeline", String(segments.timeline)],
        ...(start.length > 0 ? start : [segments.name]),
      ],
      withinMs: 10 * 60_000,
      clock,
      outputMax: 64 * 1024 * 1024,
    },
    signal,
  );
  const committed = new Set<number>();
  const deletes: { transaction: number; relation: number }[] = [];
  for (const line of dump.output.split("\n")) {
    const transaction = Number(/ tx: +(\d+),/.exec(line)?.[1] ?? 0);
    if (transaction === 0) continue;
    if (line.includes("desc: COMMIT")) committed.add(transaction);
    const relation = /rel \d+\/\d+\/(\d+)/.exec(line)?.[1];
    if (line.includes("desc: DELETE") && relation !== undefined) {
      deletes.push({ transaction, relation: Number(relation) });
    }
  }
  return { committed, deletes };
}

async function firstSegment(copy: string): Promise<{ name: string; timeline: number }> {
  const names = (await readdir(join(copy, "pg_wal"))).filter((name) => /^[0-9A-F]{24}$/.test(name));
  // The newest timeline is the one that this directory wrote on.
  const timeline = Math.max(...names.map((name) => Number.parseInt(name.slice(0, 8), 16)));
  const own = names.filter((name) => Number.parseInt(name.slice(0, 8), 16) === timeline).sort();
  const name = own[0];
  if (name === undefined) throw new ContinuityError("COMMAND_FAILED", "the copy has no log");
  return { name, timeline };
}

interface IsolatedServer {
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

async function openIsolated(
  config: PostgresConfig,
  copy: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<IsolatedServer> {
  const dir = mkdtempSync(join(tmpdir(), "careline-quarantine-"));
  const hba = join(dir, "pg_hba.conf");
  const own = join(dir, "postgresql.conf");
  writeFileSync(hba, "local all postgres trust\n", { mode: 0o600 });
  writeFileSync(
    own,
    [
      `hba_file = '${hba}'`,
      "listen_addresses = ''",
      `unix_socket_directories = '${dir}'`,
      "unix_socket_permissions = 0700",
      "default_transaction_read_only = on",
      "autovacuum = off",
      "shared_buffers = 16MB",
      "wal_level = replica",
      "archive_mode = off",
      "track_commit_timestamp = on",
      "max_connections = 200",
      "max_wal_senders = 8",
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  const child = spawn(
    `${config.binDir}/postgres`,
    ["-D", copy, "-c", `config_file=${own}`, "-c", `data_directory=${copy}`],
    { env: { PATH: process.env.PATH ?? "", ...commandEnv }, stdio: "ignore" },
  );
  const exited = once(child, "exit");
  const sql = postgres({
    path: join(dir, ".s.PGSQL.5432"),
    username: "postgres",
    database: "careline",
    max: 1,
    connect_timeout: 2,
    onnotice: () => undefined,
  });
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 1 }).catch(() => undefined);
    child.kill("SIGINT");
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  const deadline = clock.monotonicMs() + OPEN_WITHIN_MS;
  while (!isReady(copy)) {
    if (child.exitCode !== null || clock.monotonicMs() > deadline || signal.aborted) {
      child.kill("SIGQUIT");
      await close();
      throw new ContinuityError("DATABASE_START_FAILED", "the quarantined copy does not open");
    }
    await clock.sleep(50);
  }
  return { sql, close };
}

function isReady(copy: string): boolean {
  try {
    return readFileSync(join(copy, "postmaster.pid"), "utf8").split("\n")[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

interface KeyedTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

async function rowsOf(sql: postgres.Sql, transactions: readonly number[]): Promise<DivergedRow[]> {
  const tables = await sql<{ schema: string; name: string; columns: string[] }[]>`
    select n.nspname as schema, c.relname as name,
           array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) as columns
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_index i on i.indrelid = c.oid and i.indisprimary
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'continuity')
     group by 1, 2
     order by 1, 2`;
  const rows: DivergedRow[] = [];
  for (const table of tables) {
    if (rows.length >= ROWS_MAX) break;
    rows.push(...(await rowsOfTable(sql, table, transactions, ROWS_MAX - rows.length)));
  }
  return rows;
}

async function rowsOfTable(
  sql: postgres.Sql,
  table: KeyedTable,
  transactions: readonly number[],
  limit: number,
): Promise<DivergedRow[]> {
  const found = await sql<{ xid: string; committed: Date | null; key: Record<string, unknown> }[]>`
    select xmin::text as xid, pg_xact_commit_timestamp(xmin) as committed,
           jsonb_build_object(${sql.unsafe(
             table.columns.map((name) => `'${name.replaceAll("'", "''")}', "${name}"`).join(", "),
           )}) as key
      from ${sql(table.schema)}.${sql(table.name)}
     where xmin::text::bigint = any (${transactions.map(String)}::bigint[])
     limit ${limit}`;
  return found.map((row) => ({
    table: `${table.schema}.${table.name}`,
    key: Object.fromEntries(Object.entries(row.key).map(([name, value]) => [name, String(value)])),
    transaction: Number(row.xid),
    committedAt: row.committed?.toISOString() ?? null,
  }));
}

async function deletions(
  sql: postgres.Sql,
  deletes: DivergedLog["deletes"],
  committed: ReadonlySet<number>,
): Promise<Record<string, number>> {
  const relations = deletes
    .filter((each) => committed.has(each.transaction))
    .map((each) => each.relation);
  if (relations.length === 0) return {};
  const names = await sql<{ name: string; times: number }[]>`
    select r.oid::regclass::text as name, count(*)::int as times
      from unnest(${relations}::bigint[]) as d (node)
      join pg_class r on pg_relation_filenode(r.oid)::bigint = d.node
     where r.relkind = 'r' and r.relnamespace <> 'pg_catalog'::regnamespace
     group by 1`;
  return Object.fromEntries(names.map((row) => [row.name, row.times]));
}
