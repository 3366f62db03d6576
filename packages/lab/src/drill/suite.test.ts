import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { type SuiteEntry, suiteReport } from "./run-all-drills.ts";
import { suitePage } from "./suite-html.ts";

function anEntry(more: Partial<SuiteEntry>): SuiteEntry {
  return {
    scenario: "region-loss",
    outcome: "kept",
    why: null,
    endedAt: "2026-01-01T00:00:00.000Z",
    report: {
      scenario: "region-loss",
      runs: [],
      median: { outageMs: null },
      max: { outageMs: null },
    },
    directory: "2026-region-loss",
    ...more,
  };
}

const entries = [
  anEntry({}),
  anEntry({ outcome: "skipped", why: "SKIPPED: no disk", report: null, directory: null }),
  anEntry({ outcome: "failed", why: "<b>lab</b>", report: null, directory: null }),
];

it("counts what was kept, and keeps skipped apart from failed", () => {
  expect(suiteReport(entries)).toMatchObject({ kept: 1, broken: 0, failed: 1, skipped: 1 });
});

it("writes a suite that fits its published schema", () => {
  const file = new URL("../../../../docs/reference/drill-suite.schema.json", import.meta.url);
  const schema = JSON.parse(readFileSync(file, "utf8")) as object;
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  expect(isValid(suiteReport(entries))).toBe(true);
  expect(isValid({ ...suiteReport(entries), kept: -1 })).toBe(false);
});

it("links to each report and takes no markup from a reason", () => {
  const page = suitePage(suiteReport(entries));
  expect(page).toContain('href="2026-region-loss/report.html"');
  expect(page).toContain("&lt;b&gt;lab");
});
