import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LabError, labErrors } from "./errors.ts";

describe("the errors of the lab", () => {
  it("are on the page docs/reference/lab.md, each with what to do", () => {
    const root = join(import.meta.dirname, "..", "..", "..");
    const page = readFileSync(join(root, "docs", "reference", "lab.md"), "utf8");
    for (const [code, { remedy }] of Object.entries(labErrors)) {
      expect(page).toContain(`| \`${code}\` | ${remedy} |`);
    }
  });

  it("tell their reader what to do", () => {
    expect(new LabError("LAB_NOT_RUNNING", "the lab does not answer").remedy).toBe(
      "Start it with ./careline up.",
    );
  });
});
