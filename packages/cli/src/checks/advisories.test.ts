import { expect, it } from "vitest";
import { readAudit } from "./advisories.ts";

const report = (high: number, critical: number): string =>
  JSON.stringify({
    auditReportVersion: 2,
    metadata: { vulnerabilities: { info: 0, low: 3, moderate: 2, high, critical, total: 5 } },
  });

it("passes without high or critical advisories, whatever there is below", () => {
  expect(readAudit(report(0, 0))).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

it("fails for a high or a critical one", () => {
  expect(readAudit(report(1, 0)).failed).toBe(1);
  expect(readAudit(report(0, 1)).failed).toBe(1);
});

it("takes an error of the registry, or half an answer, for no answer: skipped, never passed", () => {
  const refused = JSON.stringify({ message: "405 Method Not Allowed", statusCode: 405 });
  for (const text of [refused, "", report(0, 0).slice(0, 40)]) {
    expect(readAudit(text)).toEqual({ passed: 0, failed: 0, skipped: 1 });
  }
});
