import { readFileSync } from "node:fs";
import { z } from "zod";
import { oneCheck, type Stage, type StageCounts } from "./stage.ts";

/** A registry that neither answers nor refuses is given up after this long. */
const registryWithinMs = 30_000;

const auditSchema = z.object({
  metadata: z.object({
    vulnerabilities: z.object({ high: z.number(), critical: z.number() }),
  }),
});

/** Known advisories of what the product runs with; high and critical ones fail. SKIPPED where the registry does not answer. */
export const advisories: Stage = {
  name: "advisories",
  what: "known advisories of the dependencies, asked of the registry",
  async run(run) {
    const fetch = [`--fetch-timeout=${registryWithinMs}`, "--fetch-retries=0"];
    await run.exec("npm", ["audit", "--omit=dev", "--json", "--loglevel=silent", ...fetch]);
    const counts = readAudit(readFileSync(run.logFile, "utf8"));
    if (counts.skipped > 0) {
      run.log("SKIPPED: this registry does not answer the question for advisories.");
      run.log("Run `npm audit --omit=dev` where the public registry can be reached.");
    }
    return counts;
  },
};

/** Reads what `npm audit --json` printed. Anything but a whole report counts as no answer. */
export function readAudit(text: string): StageCounts {
  const report = auditSchema.safeParse(parsed(text));
  if (!report.success) return { passed: 0, failed: 0, skipped: 1 };
  const { high, critical } = report.data.metadata.vulnerabilities;
  return oneCheck(high + critical === 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
