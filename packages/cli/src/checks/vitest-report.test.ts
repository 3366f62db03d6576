import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closingLine } from "./stage.ts";
import { readVitestReport } from "./vitest-report.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-report-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function aReport(passed: number, failed: number, pending = 0): string {
  const file = join(dir, "report.json");
  const report = { numPassedTests: passed, numFailedTests: failed, numPendingTests: pending };
  writeFileSync(file, JSON.stringify(report));
  return file;
}

describe("the counts of a stage", () => {
  it("are those of its tests", () => {
    expect(readVitestReport(aReport(5, 2, 1), 1)).toEqual({ passed: 5, failed: 2, skipped: 1 });
  });

  it("hold a failure when the run failed although no test did", () => {
    expect(readVitestReport(aReport(5, 0), 1).failed).toBe(1);
  });

  it("hold a failure when there is no report", () => {
    expect(readVitestReport(join(dir, "missing.json"), 0).failed).toBe(1);
  });

  it("close with a line that scripts can read", () => {
    expect(closingLine({ passed: 7, failed: 0, skipped: 0 })).toBe("7 passed, 0 failed");
    expect(closingLine({ passed: 7, failed: 1, skipped: 2 })).toBe("7 passed, 1 failed, 2 skipped");
  });
});
