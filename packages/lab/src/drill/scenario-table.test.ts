import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scenarioTable } from "./scenario-table.ts";
import { scenarios } from "./scenarios/index.ts";

it("is what docs/reference/drills.md shows (UPDATE_DOCS=1 writes it)", () => {
  const file = new URL("../../../../docs/reference/drills.md", import.meta.url);
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, scenarioTable(scenarios));
  expect(readFileSync(file, "utf8")).toBe(scenarioTable(scenarios));
});
