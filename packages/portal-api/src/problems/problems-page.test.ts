import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { problemsPage } from "./problems-page.ts";

it("documents every problem code as the contract has it", () => {
  const page = readFileSync(
    new URL("../../../../docs/reference/problems.md", import.meta.url),
    "utf8",
  );
  expect(page).toBe(problemsPage());
});
