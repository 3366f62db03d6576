import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  addCounts,
  closingLine,
  fullStages,
  hasJourneys,
  keepResult,
  labStages,
  nothing,
  runStage,
  type Stage,
  type StageCounts,
  type StageResult,
  sourceStages,
} from "../checks/index.ts";
import { CliError } from "../cli-error.ts";
import { type CommandContext, rootDir } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatElapsed, formatTable } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";

interface TestOptions {
  readonly full?: boolean;
  readonly fresh?: boolean;
  readonly only?: string;
}

/** `careline test`: everything that must hold before a change is shared. */
export const testCommand: CommandDefinition = {
  name: "test",
  summary:
    "format, lint, types, unit, web, integration, simulation, browser journeys, smoke drills",
  example:
    "./careline test\n./careline test --only unit,integration\n./careline test --full   # hours; goes on where it stopped",
  declare: (command, context) => {
    command
      .option("--full", "also what takes longer (needs `careline up` beside it)")
      .option("--fresh", "with --full: begin anew")
      .option("--only <stages>", "names, separated by commas")
      .action((options: TestOptions) => test(options, context));
  },
};

async function test(options: TestOptions, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const root = rootDir();
  const logDir = join(root, ".careline", "test");
  mkdirSync(logDir, { recursive: true });
  const deps = { rootDir: root, logDir, clock, output, signal };
  const results: StageResult[] = [];
  try {
    for (const stage of chosen(root, options, context)) {
      results.push(await runStage(stage, deps));
    }
    if (options.full === true) {
      results.push(...(await runFull(options, deps)));
    }
  } finally {
    if (signal.aborted) await endTestLab(root, context);
  }
  report(results, context);
}

function chosen(root: string, { only }: TestOptions, { clock }: CommandContext): readonly Stage[] {
  const all = [
    ...sourceStages,
    ...labStages(clock).filter(({ name }) => name !== "journeys" || hasJourneys(root)),
  ];
  if (only === undefined) return all;
  const names = only.split(",");
  const unknown = names.filter((name) => !all.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(", ");
    throw new CliError("BAD_ARGUMENT", `no stage ${unknown.join(", ")}; there are ${known}`);
  }
  return all.filter(({ name }) => names.includes(name));
}

/** Stages that were finished earlier are counted from their results and not run again. */
async function runFull(
  options: TestOptions,
  deps: Parameters<typeof runStage>[1],
): Promise<readonly StageResult[]> {
  const dir = join(deps.rootDir, ".careline", "full");
  if (options.fresh === true) rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const results: StageResult[] = [];
  for (const stage of fullStages(deps.clock)) {
    const file = join(dir, `${stage.name}.json`);
    const earlier = existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as StageResult)
      : null;
    if (earlier !== null) {
      deps.output.progress(`${stage.name}: done earlier`);
      results.push(earlier);
      continue;
    }
    const result = await runStage(stage, deps);
    results.push(result);
    keepResult(join(deps.rootDir, "docs", "reference", "full-test-results.json"), {
      name: stage.name,
      what: stage.what,
      date: deps.clock.wallNow().toISOString().slice(0, 10),
      ...result.counts,
      tookMs: Math.round(result.tookMs),
    });
    // What failed is tried again by the next run.
    if (result.counts.failed === 0) writeFileSync(file, JSON.stringify(result));
  }
  return results;
}

async function endTestLab(root: string, { clock, output }: CommandContext): Promise<void> {
  const { openLayout, stopLab, wipeLab } = await import("@careline/lab");
  const layout = openLayout(root, join(root, ".careline", "test-lab", "state"));
  if (layout === null) return;
  const { signal } = new AbortController();
  await stopLab(layout, clock, (text) => output.progress(text), signal);
  wipeLab(layout);
}

function report(results: readonly StageResult[], { output }: CommandContext): void {
  const total = results.reduce<StageCounts>((sum, { counts }) => addCounts(sum, counts), nothing);
  output.json({ stages: results, ...total });
  const rows = results.map(({ name, counts, tookMs, logFile, problem }) => [
    counts.passed + counts.failed === 0 ? "SKIPPED" : counts.failed > 0 ? "FAILED" : "ok",
    name,
    closingLine(counts),
    formatElapsed(tookMs),
    counts.failed > 0 ? `${problem ?? ""} ${logFile}`.trim() : "",
  ]);
  output.line();
  output.line(formatTable(rows));
  output.line();
  output.line(closingLine(total));
  if (total.failed > 0) process.exitCode = exitCodes.testsFailed.code;
}
