import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestAuthority,
  startTestCluster,
  type TestAuthority,
  type TestCluster,
} from "../testing/index.ts";
import {
  catalogueEnumerations,
  catalogueIndexes,
  catalogueTables,
  placeOf,
} from "./catalogue-names.ts";

let authority: TestAuthority;
let cluster: TestCluster;
let sql: postgres.Sql;
let columns: Set<string>;

beforeAll(async () => {
  authority = createTestAuthority();
  cluster = await startTestCluster(authority);
  sql = cluster.connect("careline_template", "postgres");
  const rows = await sql`
    select table_name || '.' || column_name as place from information_schema.columns where table_schema = 'portal'`;
  columns = new Set(rows.map((row) => String(row.place)));
});
afterAll(async () => {
  await sql.end();
  await cluster.stop();
  authority.remove();
});

describe("the catalogue in the database", () => {
  it.each(catalogueTables.map((table) => [table.requirement, table] as const))(
    "[%s] has every column",
    (_, table) => {
      const missing = table.columns.filter((column) => !columns.has(placeOf(table, column)));
      expect(missing).toEqual([]);
    },
  );
  it.each(catalogueEnumerations.map((one) => [one.requirement, one.place, one] as const))(
    "[%s] takes every value of %s",
    async (_, place, { codes }) => {
      const [table, column] = place.split(".");
      const [check] = await sql`
        select pg_get_constraintdef(c.oid) as definition from pg_constraint c
         where c.conrelid = ${`portal.${table}`}::regclass and c.contype = 'c'
           and pg_get_constraintdef(c.oid) ~ ${`\\(\\(?\\(?${column}\\)`}`;
      const taken = [...String(check?.definition).matchAll(/'([a-z_]+)'::/g)].map(
        (match) => match[1],
      );
      expect(taken).toEqual(expect.arrayContaining(Object.values(codes)));
    },
  );
  it.each(Object.entries(catalogueIndexes))("[HCC-DB-12] has %s", async (_, index) => {
    const rows =
      await sql`select 1 from pg_indexes where schemaname = 'portal' and indexname = ${index}`;
    expect(rows).toHaveLength(1);
  });
  it("[HCC-DB-04] [HCC-DB-08] gives identity numbers to nothing: they could be issued twice after a failover", async () => {
    const rows = await sql`
      select table_name, column_name from information_schema.columns
       where table_schema = 'portal' and (is_identity = 'YES' or column_default like 'nextval%')`;
    expect(rows).toEqual([]);
  });
  it("[HCC-SEC-10] protects every table of the portal by row-level security", async () => {
    const rows = await sql<{ relname: string }[]>`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'portal' and c.relkind = 'r' and not c.relrowsecurity
         and has_table_privilege('careline_app', c.oid, 'select, insert, update, delete')`;
    // The table of transitions holds a rule and no data.
    expect(rows.map((row) => row.relname).filter((name) => name !== "call_transitions")).toEqual(
      [],
    );
  });
});
