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

/** The values that the check constraint of a column takes. */
async function valuesOf(place: string): Promise<string[]> {
  const [table, column] = place.split(".");
  const [check] = await sql`
    select pg_get_constraintdef(c.oid) as definition from pg_constraint c
     where c.conrelid = ${`portal.${table}`}::regclass and c.contype = 'c'
       and pg_get_constraintdef(c.oid) ~ ${`\\(\\(?\\(?${column}\\)`}`;
  return [...String(check?.definition).matchAll(/'([a-z_]+)'::/g)].map((match) => match[1] ?? "");
}

describe("the catalogue in the database", () => {
  it("has every column of its tables [HCC-DB-01] [HCC-DB-03] [HCC-DB-04] [HCC-DB-06] [HCC-DB-08] [HCC-DB-10]", () => {
    const places = catalogueTables.flatMap((table) =>
      table.columns.map((column) => placeOf(table, column)),
    );
    expect(places).toHaveLength(93);
    expect(places.filter((place) => !columns.has(place))).toEqual([]);
  });
  it("takes every value of its enumerations [HCC-DB-02] [HCC-DB-05] [HCC-DB-07]", async () => {
    for (const { place, codes } of catalogueEnumerations) {
      expect(await valuesOf(place), place).toEqual(expect.arrayContaining(Object.values(codes)));
    }
  });
  it("has its indexes but those of appointments and of the region [HCC-DB-12]", async () => {
    const rows = await sql`select indexname from pg_indexes where schemaname = 'portal'`;
    const present = new Set(rows.map((row) => String(row.indexname)));
    expect(Object.values(catalogueIndexes).filter((index) => !present.has(index))).toEqual([]);
  });
  it("gives identity numbers to nothing: they could be issued twice after a failover [HCC-DB-08]", async () => {
    const rows = await sql`
      select table_name, column_name from information_schema.columns
       where table_schema = 'portal' and (is_identity = 'YES' or column_default like 'nextval%')`;
    expect(rows).toEqual([]);
  });
  it("protects every table of the portal by row-level security [HCC-SEC-10]", async () => {
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
