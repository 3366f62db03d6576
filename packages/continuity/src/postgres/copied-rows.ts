import { createHash } from "node:crypto";
import type { Clock } from "@careline/platform";
import type postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import type { DivergedRow } from "./diverged-rows.ts";
import { openIsolated } from "./isolated-copy.ts";
import {
  type KeyedTable,
  keyedTables,
  keySql,
  type RowName,
  rowText,
  tableName,
  tableSql,
} from "./keyed-table.ts";

/** One row as the copy has it. `row`: its JSON as PostgreSQL writes it, never parsed here, so that nothing of it changes. */
export interface CopiedRow extends RowName {
  readonly row: string;
}

/** A row to be written, with what the person was shown about it. */
export interface MergeRow extends CopiedRow {
  readonly state: "absent" | "other";
  readonly primaryDigest: string | null;
}

/** SHA-256 of a row's JSON text, lower-case hex. */
export function digestOf(row: string): string {
  return createHash("sha256").update(row, "utf8").digest("hex");
}

/** The rows `chosen` of a report, with their content, from the quarantined copy opened read-only in isolation. */
export async function readCopiedRows(
  config: PostgresConfig,
  copy: string,
  chosen: readonly DivergedRow[],
  clock: Clock,
  signal: AbortSignal,
): Promise<CopiedRow[]> {
  if (chosen.length === 0) return [];
  const server = await openIsolated(config, copy, clock, signal);
  try {
    const wanted = new Set(chosen.map(rowText));
    const tables = await keyedTables(server.sql);
    const found: CopiedRow[] = [];
    for (const table of tables) {
      const rows = chosen.filter((row) => row.table === tableName(table));
      const transactions = [...new Set(rows.map((row) => row.transaction))];
      if (transactions.length === 0) continue;
      const all = await copiedRowsOf(server.sql, table, transactions);
      found.push(...all.filter((row) => wanted.has(rowText(row))));
    }
    return found;
  } finally {
    await server.close();
  }
}

async function copiedRowsOf(
  sql: postgres.Sql,
  table: KeyedTable,
  transactions: readonly number[],
): Promise<CopiedRow[]> {
  const found = await sql<{ key: Record<string, string>; row: string }[]>`
    select ${sql.unsafe(keySql(table, "t"))} as key, to_jsonb(t)::text as row
      from ${sql.unsafe(tableSql(table))} t
     where t.xmin::text::bigint = any (${transactions.map(String)}::bigint[])`;
  return found.map(({ key, row }) => ({ table: tableName(table), key, row }));
}
