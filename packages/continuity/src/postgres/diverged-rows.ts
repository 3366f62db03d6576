import { readdir } from "node:fs/promises";
import type { Clock } from "@careline/platform";
import type postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { runCommand } from "./command.ts";
import { openIsolated } from "./isolated-copy.ts";
import {
  type KeyedTable,
  keyedTables,
  keySql,
  type RowName,
  tableName,
  tableSql,
} from "./keyed-table.ts";
import { segmentsFrom } from "./wal-segments.ts";

/** One row as a diverged transaction left it, named by its primary key. */
export interface DivergedRow extends RowName {
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
    const numbers = new Set([...log.committed, ...log.parts]);
    const found = await rowsOf(server.sql, [...numbers]);
    const deleted = await deletions(server.sql, log.deletes, numbers);
    return { transactions: log.committed.size, rows: found, deleted };
  } finally {
    await server.close();
  }
}

interface DivergedLog {
  readonly committed: ReadonlySet<number>;
  /** Savepoints of theirs: rows bear the number of the innermost. */
  readonly parts: ReadonlySet<number>;
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
  const walDir = `${copy}/pg_wal`;
  const own = await firstSegment(walDir);
  const segments =
    forkLsn === null ? [own.name, own.lastName] : segmentsFrom(walDir, own.timeline, forkLsn);
  const start = forkLsn === null ? [] : ["--start", forkLsn];
  // pg_waldump starts at a record's first byte: a fork inside a record is moved to the next one by itself.
  const dump = await runCommand(
    {
      command: "/bin/sh",
      args: [
        "-c",
        'exec "$0" "$@" 2>&1 | grep -E "desc: (COMMIT|DELETE)|^pg_waldump: "',
        `${config.binDir}/pg_waldump`,
        ...["--path", walDir, "--timeline", String(own.timeline), ...start, ...segments],
      ],
      withinMs: 10 * 60_000,
      clock,
      outputMax: 64 * 1024 * 1024,
    },
    signal,
  );
  const failure = whyNotRead(dump.output);
  if (failure !== null) throw new ContinuityError("COMMAND_FAILED", failure);
  const committed = new Set<number>();
  const parts = new Set<number>();
  const deletes: { transaction: number; relation: number }[] = [];
  for (const line of dump.output.split("\n")) {
    const transaction = Number(/ tx: +(\d+),/.exec(line)?.[1] ?? 0);
    if (transaction === 0) continue;
    if (line.includes("desc: COMMIT")) {
      committed.add(transaction);
      const savepoints = /subxacts: ([\d ]+)/.exec(line)?.[1]?.trim().split(" ") ?? [];
      for (const part of savepoints) parts.add(Number(part));
    }
    const relation = /rel \d+\/\d+\/(\d+)/.exec(line)?.[1];
    if (line.includes("desc: DELETE") && relation !== undefined) {
      deletes.push({ transaction, relation: Number(relation) });
    }
  }
  return { committed, parts, deletes };
}

/** A log that nobody stopped never ends whole. Any other complaint means that it was not read, never that nothing is lost. */
function whyNotRead(output: string): string | null {
  const isEnd = /error in WAL record at|could not find a valid record after/;
  const complaints = output.split("\n").filter((line) => line.startsWith("pg_waldump: error: "));
  return complaints.find((line) => !isEnd.test(line)) ?? null;
}

async function firstSegment(
  walDir: string,
): Promise<{ name: string; lastName: string; timeline: number }> {
  const names = (await readdir(walDir)).filter((name) => /^[0-9A-F]{24}$/.test(name));
  // The newest timeline is the one that this directory wrote on.
  const timeline = Math.max(...names.map((name) => Number.parseInt(name.slice(0, 8), 16)));
  const own = names.filter((name) => Number.parseInt(name.slice(0, 8), 16) === timeline).sort();
  const [name] = own;
  const lastName = own.at(-1);
  if (name === undefined || lastName === undefined) {
    throw new ContinuityError("COMMAND_FAILED", "the copy has no log");
  }
  return { name, lastName, timeline };
}

async function rowsOf(sql: postgres.Sql, transactions: readonly number[]): Promise<DivergedRow[]> {
  const rows: DivergedRow[] = [];
  for (const table of await keyedTables(sql)) {
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
  const found = await sql<{ xid: string; committed: Date | null; key: Record<string, string> }[]>`
    select t.xmin::text as xid, pg_xact_commit_timestamp(t.xmin) as committed,
           ${sql.unsafe(keySql(table, "t"))} as key
      from ${sql.unsafe(tableSql(table))} t
     where t.xmin::text::bigint = any (${transactions.map(String)}::bigint[])
     limit ${limit}`;
  return found.map((row) => ({
    table: tableName(table),
    key: row.key,
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
