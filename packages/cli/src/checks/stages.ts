import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { advisories } from "./advisories.ts";
import { oneCheck, type Stage, type StageCounts, type StageRun } from "./stage.ts";
import { readVitestReport } from "./vitest-report.ts";

const bin = (run: StageRun, name: string): string =>
  join(run.rootDir, "node_modules", ".bin", name);

/** Everything that needs no lab, the quickest first. */
export const sourceStages: readonly Stage[] = [
  {
    name: "format",
    what: "Biome's formatter",
    run: async (run) => oneCheck((await run.exec(bin(run, "biome"), ["format", "."])) === 0),
  },
  { name: "lint", what: "Biome and oxlint, type-aware", run: lint },
  {
    name: "types",
    what: "the TypeScript compiler over all packages",
    run: async (run) => oneCheck((await run.exec(bin(run, "tsc"), ["-b"])) === 0),
  },
  advisories,
  vitestStage("unit", "tests without input or output, and the tidy tests"),
  vitestStage("web", "tests of the screens"),
  vitestStage("integration", "tests against real PostgreSQL, Redis, etcd and HAProxy"),
  vitestStage("simulation", "three sites in the simulator, and planted bugs that it must find"),
];

async function lint(run: StageRun): Promise<StageCounts> {
  const rules = await run.exec(bin(run, "biome"), ["ci", "--formatter-enabled=false", "."]);
  const types = await run.exec(bin(run, "oxlint"), ["--type-aware", "packages"]);
  return oneCheck(rules === 0 && types === 0);
}

function vitestStage(project: string, what: string): Stage {
  return { name: project, what, run: (run) => runVitest(run, ["--project", project], {}) };
}

/** Runs vitest with a report for us and its usual text in the log. */
export async function runVitest(
  run: StageRun,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StageCounts> {
  const report = `${run.logFile}.json`;
  rmSync(report, { force: true });
  const exitCode = await run.exec(
    bin(run, "vitest"),
    ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    // Slow machines get the longer limits of vitest.config.ts.
    { CI: "1", ...env },
  );
  return readVitestReport(report, exitCode);
}

export const journeysConfig = "e2e/vitest.config.ts";

export function hasJourneys(rootDir: string): boolean {
  return existsSync(join(rootDir, journeysConfig));
}
