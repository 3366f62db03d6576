import type postgres from "postgres";

/** Array types of PostgreSQL with fixed OIDs (pg_type.dat), and how one element is read. */
const arrays: readonly {
  readonly name: string;
  readonly oid: number;
  readonly read: (text: string) => unknown;
}[] = [
  { name: "bool", oid: 1000, read: (text) => text === "t" },
  { name: "int2", oid: 1005, read: Number },
  { name: "int4", oid: 1007, read: Number },
  { name: "text", oid: 1009, read: String },
  { name: "varchar", oid: 1015, read: String },
  { name: "int8", oid: 1016, read: String },
  { name: "float8", oid: 1022, read: Number },
  { name: "timestamptz", oid: 1185, read: (text) => new Date(text) },
  { name: "numeric", oid: 1231, read: String },
  { name: "uuid", oid: 2951, read: String },
];

/**
 * Arrays of one dimension, for the client library's `types`. It can ask the server for them after connecting, but nobody awaits that
 * query: a connection lost at that moment would end the process.
 */
export function arrayTypes(): Record<string, postgres.PostgresType> {
  return Object.fromEntries(
    arrays.map(({ name, oid, read }) => [
      `${name}Array`,
      {
        to: oid,
        from: [oid],
        serialize: writeArray,
        parse: (text: string) => readArray(text, read),
      },
    ]),
  );
}

/** PostgreSQL's text form of an array, every element quoted. */
export function writeArray(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const elements = value.map((element: unknown) => {
    if (element === null || element === undefined) return "NULL";
    const text = element instanceof Date ? element.toISOString() : String(element);
    return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  });
  return `{${elements.join(",")}}`;
}

/** Reads `{a,"b \"c\"",NULL}`. */
export function readArray(text: string, read: (element: string) => unknown): readonly unknown[] {
  const element = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;
  return [...text.slice(1, -1).matchAll(element)].map(([, quoted, plain]) => {
    if (quoted !== undefined) return read(quoted.replaceAll(/\\(.)/gs, "$1"));
    return plain === "NULL" ? null : read(plain ?? "");
  });
}
