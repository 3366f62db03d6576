import {
  catalogueEnumerations,
  catalogueIndexes,
  catalogueTables,
  placeOf,
} from "./catalogue-names.ts";

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const code = (text: string): string => `\`${text}\``;

/** The page docs/reference/catalogue-names.md: every name of the catalogue and where it lives. */
export function cataloguePage(): string {
  const lines = [
    "# Names of the catalogue",
    "",
    "Generated from `packages/portal-api/src/catalogue/catalogue-names.ts`; a test compares this page with it and both with the",
    "database. The requirements name tables and columns as SQL Server would; here they are snake case, and enumeration values are codes.",
    "",
  ];
  for (const table of catalogueTables) {
    lines.push(
      `## ${table.name} (${table.requirement})`,
      "",
      row("catalogue", "here"),
      row("---", "---"),
    );
    for (const column of table.columns) lines.push(row(column, code(placeOf(table, column))));
    lines.push("");
  }
  lines.push(
    "## Values",
    "",
    row("requirement", "column", "catalogue", "code"),
    row("---", "---", "---", "---"),
  );
  for (const { requirement, place, codes } of catalogueEnumerations) {
    for (const [name, value] of Object.entries(codes)) {
      lines.push(row(requirement, code(place), name, code(value)));
    }
  }
  lines.push("", "## Indexes (HCC-DB-12)", "", row("catalogue", "here"), row("---", "---"));
  for (const [name, index] of Object.entries(catalogueIndexes)) lines.push(row(name, code(index)));
  return `${lines.join("\n")}\n`;
}
