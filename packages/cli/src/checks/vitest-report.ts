import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { StageCounts } from "./stage.ts";

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number().default(0),
  numTodoTests: z.number().default(0),
  numFailedTestSuites: z.number().default(0),
});

/**
 * Counts from vitest's JSON report. A run that failed without a failed test (a file that does not
 * load, an unhandled error, no report at all) counts as one failure: it must not pass unseen.
 */
export function readVitestReport(file: string, exitCode: number): StageCounts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const hasFailedUnseen = report.numFailedTests === 0 && exitCode !== 0;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + (hasFailedUnseen ? 1 : 0),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
