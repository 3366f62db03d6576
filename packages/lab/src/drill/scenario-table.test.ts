import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scenarioTable } from "./scenario-table.ts";
import { scenarios } from "./scenarios/index.ts";
import { situations } from "./situations.ts";

it("is what docs/reference/drills.md shows (UPDATE_DOCS=1 writes it)", () => {
  const file = new URL("../../../../docs/reference/drills.md", import.meta.url);
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, scenarioTable(scenarios));
  expect(readFileSync(file, "utf8")).toBe(scenarioTable(scenarios));
});

it("tries every situation, and has a situation for every drill", () => {
  const patterns = situations.flatMap(({ drills }) => drills);
  const isTried = (name: string, pattern: string): boolean => {
    const [start = "", end] = pattern.split("*");
    return end === undefined ? name === pattern : name.startsWith(start) && name.endsWith(end);
  };
  for (const pattern of patterns) {
    expect(scenarios.some(({ name }) => isTried(name, pattern))).toBe(true);
  }
  for (const { name } of scenarios) {
    expect(patterns.some((pattern) => isTried(name, pattern))).toBe(true);
  }
});
