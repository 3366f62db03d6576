import { type Clock, type Random, uuidV7 } from "@careline/platform";
import type postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { type CopiedRow, digestOf, type MergeRow } from "./copied-rows.ts";
import { type KeyedTable, keyedTables, rowText, tableName } from "./keyed-table.ts";
import { LocalSql } from "./local-sql.ts";
import { insertMergeAudit, isMerged, type MergeOrder } from "./merge-audit.ts";
import { insertRows, lookUp, replaceRows, setMergeContext } from "./merge-sql.ts";

/** How the primary stands to one row of a copy. `not-merged`: no such table here, or columns of the row that it lacks. */
export type RowState = "absent" | "same" | "other" | "not-merged";

export interface ComparedRow {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly state: RowState;
  /** SHA-256 of the row's JSON in the copy, and of the primary's row where there is one. */
  readonly digest: string;
  readonly primaryDigest: string | null;
}

export interface MergeOutcome {
  readonly kind: "merged" | "merged-before";
  readonly inserted: number;
  readonly replaced: number;
}

const COMPARE_WITHIN_MS = 30_000;
/** Longer than a commit waits for the other region before it is weakened (5 s, 8 s across distant regions). */
const MERGE_WITHIN_MS = 45_000;

/** Where rows of a quarantined copy go: this region's own server, which must be the primary. */
export class MergeTarget {
  readonly #sql: LocalSql;
  readonly #newId: () => string;

  constructor(config: PostgresConfig, clock: Clock, random: Random) {
    this.#sql = new LocalSql(config, clock, "careline");
    this.#newId = () => uuidV7(clock.wallNow().getTime(), random);
  }

  async close(): Promise<void> {
    await this.#sql.close();
  }

  /** Reads only; each row's state in the order given. Errors: DATABASE_DOWN. */
  async compare(rows: readonly CopiedRow[], signal: AbortSignal): Promise<ComparedRow[]> {
    return this.#sql.run(COMPARE_WITHIN_MS, signal, async (sql) => compareRows(sql, rows, false));
  }

  /**
   * Inserts absent rows and replaces the others, with one audit row each, in one transaction that waits for the other region. A
   * repeat of the same order changes nothing. Errors: RUN_CONFLICT (the primary's rows changed since they were shown),
   * MERGE_REFUSED (the database's own rules), DATABASE_DOWN (may have been committed: repeat it).
   */
  async merge(
    rows: readonly MergeRow[],
    order: MergeOrder,
    signal: AbortSignal,
  ): Promise<MergeOutcome> {
    const outcome = await this.#sql.run(MERGE_WITHIN_MS, signal, async (sql) => {
      try {
        return await sql.begin(async (tx) => mergeIn(tx, rows, order, this.#newId));
      } catch (thrown) {
        return refusal(thrown);
      }
    });
    if (outcome instanceof ContinuityError) throw outcome;
    return outcome;
  }
}

async function mergeIn(
  tx: postgres.TransactionSql,
  rows: readonly MergeRow[],
  order: MergeOrder,
  newId: () => string,
): Promise<MergeOutcome> {
  await setMergeContext(tx, order);
  const before = await isMerged(tx, order);
  if (before !== null) return { kind: "merged-before", ...before };
  const now = await compareRows(tx, rows, true);
  rows.forEach((row, index) => {
    const found = now[index];
    if (found?.state !== row.state || found.primaryDigest !== row.primaryDigest) {
      throw new ContinuityError("RUN_CONFLICT", `${row.table} changed since it was shown`);
    }
  });
  const tables = tablesOf(await keyedTables(tx), rows).map((table) => ({
    table,
    rows: rows.filter((row) => row.table === tableName(table)),
  }));
  const inState = (state: MergeRow["state"]): typeof tables =>
    tables.map((each) => ({ ...each, rows: each.rows.filter((row) => row.state === state) }));
  await insertRows(tx, inState("absent"));
  for (const { table, rows: replaced } of inState("other")) await replaceRows(tx, table, replaced);
  const inserted = rows.filter((row) => row.state === "absent").length;
  const counts = { inserted, replaced: rows.length - inserted };
  await insertMergeAudit(tx, order, rows, counts, newId);
  return { kind: "merged", ...counts };
}

function tablesOf(tables: readonly KeyedTable[], rows: readonly CopiedRow[]): KeyedTable[] {
  const names = new Set(rows.map((row) => row.table));
  return tables.filter((table) => names.has(tableName(table)));
}

async function compareRows(
  sql: postgres.ISql,
  rows: readonly CopiedRow[],
  isLocking: boolean,
): Promise<ComparedRow[]> {
  const states = new Map<string, { state: RowState; primaryDigest: string | null }>();
  for (const table of tablesOf(await keyedTables(sql), rows)) {
    const own = rows.filter((row) => row.table === tableName(table));
    const found = await lookUp(sql, table, own, isLocking);
    own.forEach((row, index) => {
      states.set(rowText(row), found[index] ?? { state: "not-merged", primaryDigest: null });
    });
  }
  return rows.map((row) => ({
    table: row.table,
    key: row.key,
    digest: digestOf(row.row),
    ...(states.get(rowText(row)) ?? { state: "not-merged", primaryDigest: null }),
  }));
}

/** The database's refusal by its code and names only: its texts may hold values. */
function refusal(thrown: unknown): ContinuityError {
  if (thrown instanceof ContinuityError) return thrown;
  const { code, table_name, constraint_name } = (thrown ?? {}) as Record<string, unknown>;
  if (typeof code !== "string" || !/^(2[23]|42|CL|40|55)[0-9A-Z]*$/.test(code)) throw thrown;
  const where = [table_name, constraint_name].filter((part) => typeof part === "string").join(", ");
  return new ContinuityError("MERGE_REFUSED", `${code}${where === "" ? "" : ` at ${where}`}`, {
    cause: thrown,
    details: { sqlState: code },
  });
}
