import type postgres from "postgres";
import type { CopiedRow } from "./copied-rows.ts";
import { type KeyedTable, quoted, tableSql } from "./keyed-table.ts";
import type { MergeOrder } from "./merge-audit.ts";

/** What the rows of a merge are written as: the owner of the portal's tables, in the current term, confirmed by both regions. */
export async function setMergeContext(
  tx: postgres.TransactionSql,
  order: MergeOrder,
): Promise<void> {
  await tx`set local synchronous_commit = on`;
  // A lock held by a call in hand is waited for, not queued behind.
  await tx`set local lock_timeout = '5s'`;
  await tx`set local statement_timeout = '30s'`;
  await tx`set local role careline_owner`;
  await tx`
    select set_config('careline.term', ${String(order.term)}, true),
           set_config('careline.role', 'system', true),
           set_config('careline.region', ${order.region}, true)`;
}

interface Column {
  readonly name: string;
  /** Written as found; otherwise generated, or the number of the transaction that writes it. */
  readonly isCopied: boolean;
}

async function columnsOf(sql: postgres.ISql, table: KeyedTable): Promise<readonly Column[]> {
  return sql<Column[]>`
    select a.attname::text as name,
           a.attgenerated = '' and not (a.atttypid = 'xid8'::regtype and a.atthasdef) as "isCopied"
      from pg_attribute a
     where a.attrelid = ${tableSql(table)}::regclass and a.attnum > 0 and not a.attisdropped
     order by a.attnum`;
}

/** All rows as one JSON array; never parsed on the way. */
const asArray = (rows: readonly CopiedRow[]): string => `[${rows.map(({ row }) => row).join(",")}]`;

type Found = {
  readonly state: "absent" | "same" | "other" | "not-merged";
  readonly primaryDigest: string | null;
};

/** Each row's state here. A row with columns that this table lacks is not merged: part of it would be lost silently. */
export async function lookUp(
  sql: postgres.ISql,
  table: KeyedTable,
  rows: readonly CopiedRow[],
  isLocking: boolean,
): Promise<readonly Found[]> {
  const columns = await columnsOf(sql, table);
  const copied = columns.filter(({ isCopied }) => isCopied).map(({ name }) => name);
  const join = table.columns.map((name) => `t.${quoted(name)} = r.${quoted(name)}`).join(" and ");
  const shared = (from: string): string => `(
    select jsonb_object_agg(c.key, c.value) from jsonb_each(${from}) c
     where c.key = any (${"$2"}::text[]) and e.row ? c.key)`;
  return sql.unsafe<Found[]>(
    `select case when exists (select 1 from jsonb_object_keys(e.row) k where k <> all ($3::text[])) then 'not-merged'
                 when t.found is null then 'absent'
                 when ${shared("t.found")} = ${shared("e.row")} then 'same'
                 else 'other' end as state,
            encode(sha256(convert_to(t.found::text, 'UTF8')), 'hex') as "primaryDigest"
       from jsonb_array_elements($1::text::jsonb) with ordinality as e (row, at)
       left join lateral (
         select to_jsonb(t) as found
           from jsonb_populate_record(null::${tableSql(table)}, e.row) r
           join ${tableSql(table)} t on ${join}
         ${isLocking ? "for update of t" : ""}
       ) t on true
      order by e.at`,
    [asArray(rows), copied, columns.map(({ name }) => name)],
  );
}

/**
 * Rows that are not there, of all tables in one statement: references are checked at its end, so that rows which refer to each other
 * (a call to its task, the task to its call) come together.
 */
export async function insertRows(
  tx: postgres.TransactionSql,
  tables: readonly { readonly table: KeyedTable; readonly rows: readonly CopiedRow[] }[],
): Promise<void> {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return;
  const parts = await Promise.all(
    filled.map(async ({ table, rows }, index) => {
      const names = await writtenColumns(tx, table, rows);
      return `inserted_${index} as (
        insert into ${tableSql(table)} (${names.map(quoted).join(", ")}) overriding system value
        select ${names.map((name) => `r.${quoted(name)}`).join(", ")}
          from jsonb_array_elements($${index + 1}::text::jsonb) with ordinality as e (row, at)
          cross join lateral jsonb_populate_record(null::${tableSql(table)}, e.row) r
         order by e.at)`;
    }),
  );
  await tx.unsafe(
    `with ${parts.join(", ")} select 1`,
    filled.map(({ rows }) => asArray(rows)),
  );
}

/** The copy's version of rows that are there; triggers of the table may refuse, and then nothing of the order happens. */
export async function replaceRows(
  tx: postgres.TransactionSql,
  table: KeyedTable,
  rows: readonly CopiedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = await writtenColumns(tx, table, rows);
  const values = names.filter((name) => !table.columns.includes(name));
  if (values.length === 0) return;
  const isKey = table.columns.map((name) => `t.${quoted(name)} = r.${quoted(name)}`);
  await tx.unsafe(
    `update ${tableSql(table)} t
        set ${values.map((name) => `${quoted(name)} = r.${quoted(name)}`).join(", ")}
       from jsonb_array_elements($1::text::jsonb) as e (row)
       cross join lateral jsonb_populate_record(null::${tableSql(table)}, e.row) r
      where ${isKey.join(" and ")}`,
    [asArray(rows)],
  );
}

/** Columns that the copy has as well; those that came later take their default. */
async function writtenColumns(
  sql: postgres.ISql,
  table: KeyedTable,
  rows: readonly CopiedRow[],
): Promise<string[]> {
  const columns = await columnsOf(sql, table);
  const known = await sql<{ name: string }[]>`
    select distinct k as name from jsonb_array_elements(${asArray(rows)}::text::jsonb) e (row), jsonb_object_keys(e.row) k`;
  const names = new Set(known.map(({ name }) => name));
  return columns
    .filter(({ name, isCopied }) => isCopied && names.has(name))
    .map(({ name }) => name);
}
