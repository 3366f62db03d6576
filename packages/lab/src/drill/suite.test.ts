import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { noPhases } from "./phases.ts";
import { drillReport } from "./report.ts";
import { type SuiteEntry, suiteReport } from "./run-all-drills.ts";
import { suitePage } from "./suite-html.ts";
import { suiteMarkdown } from "./suite-markdown.ts";

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

it("records a run as a page that says what was run, where, and what was lost", () => {
  const run = {
    outageMs: 2_149,
    phases: noPhases,
    acknowledged: { geo: 10, local: 20 },
    lost: { geo: 1, local: 0 },
    replayed: 2,
    errorsSeen: 3,
    invariantsViolated: ["acknowledged-write-lost: 1 geo and 0 local writes"],
  };
  const lost = drillReport("region-hang", [run]);
  const report = suiteReport([...entries, anEntry({ outcome: "broken", report: lost })]);
  const facts = { command: "./careline drill --all", cores: 2, memoryGiB: 24, agents: 10 };
  const page = suiteMarkdown(report, facts);
  expect(page).toContain("1 kept, 1 broken, 1 not finished, 1 skipped. 30 different writes");
  expect(page).toContain("| broken | 2.1 s | 10 / 20 | 1 / 0 | 2 | 3 | acknowledged-write-lost");
  expect(page).toContain("| skipped | – | – | – | – | – | SKIPPED: no disk |");
});
