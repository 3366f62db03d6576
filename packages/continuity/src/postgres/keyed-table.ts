import type postgres from "postgres";

/** A table whose rows can be named: it has a primary key. */
export interface KeyedTable {
  readonly schema: string;
  readonly name: string;
  /** Columns of the primary key, in its order. */
  readonly columns: readonly string[];
}

/** One row by its table (`schema.name`) and primary key; values as PostgreSQL's JSON writes them, as text. */
export interface RowName {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
}

/** Tables with a primary key, outside PostgreSQL's and continuity's own schemas. */
export async function keyedTables(sql: postgres.ISql): Promise<KeyedTable[]> {
  return sql<KeyedTable[]>`
    select n.nspname as schema, c.relname as name,
           array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) as columns
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_index i on i.indrelid = c.oid and i.indisprimary
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'continuity')
     group by 1, 2
     order by 1, 2`;
}

export function tableName(table: KeyedTable): string {
  return `${table.schema}.${table.name}`;
}

/** As SQL: the table, quoted. */
export function tableSql(table: KeyedTable): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}

/** As SQL: the key of the row called `alias` as a JSON object of texts, so that no number loses digits. */
export function keySql(table: KeyedTable, alias: string): string {
  const parts = table.columns.map(
    (name) => `${literal(name)}, to_jsonb(${alias}.${quoted(name)}) #>> '{}'`,
  );
  return `jsonb_build_object(${parts.join(", ")})`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One text per row, equal for equal rows whatever the order of their key's columns. */
export function rowText({ table, key }: RowName): string {
  const columns = Object.entries(key).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([table, ...columns]);
}
