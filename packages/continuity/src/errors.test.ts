import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CONTINUITY_ERRORS } from "./errors.ts";

const page = readFileSync(
  new URL("../../../docs/reference/continuity-errors.md", import.meta.url),
  "utf8",
);

it("documents every error code with its status, whether to retry, and its remedy", () => {
  const rows = Object.entries(CONTINUITY_ERRORS).map(
    ([code, { status, retryable, remedy }]) =>
      `| \`${code}\` | ${status} | ${retryable ? "yes" : "no"} | ${remedy} |`,
  );
  for (const row of rows) expect(page).toContain(row);
  expect(page.match(/^\| `[A-Z_]+` \|/gm)).toHaveLength(rows.length);
});
