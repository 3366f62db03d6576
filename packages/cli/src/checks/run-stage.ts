import { spawn } from "node:child_process";
import { appendFileSync, createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, describeError } from "@careline/platform";
import { formatElapsed, type Output } from "../output/index.ts";
import {
  nothing,
  oneCheck,
  type Stage,
  type StageCounts,
  type StageResult,
  type StageRun,
} from "./stage.ts";

/** How often a stage that is under way says so. */
const sayEachMs = 15_000;
const tailLines = 60;

export interface StageDeps {
  readonly rootDir: string;
  readonly logDir: string;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs one stage, tells how it goes, and shows the end of its log when it failed. */
export async function runStage(stage: Stage, deps: StageDeps): Promise<StageResult> {
  const { clock, output, signal } = deps;
  const logFile = join(deps.logDir, `${stage.name}.log`);
  writeFileSync(logFile, "");
  const beganMs = clock.monotonicMs();
  output.progress(`${stage.name}: ${stage.what}`);
  const stopSaying = clock.every(sayEachMs, () => {
    output.progress(`${stage.name}: for ${formatElapsed(clock.monotonicMs() - beganMs)}`);
  });
  const run: StageRun = {
    rootDir: deps.rootDir,
    logFile,
    exec: (command, args, env = {}) => execute(command, args, env, deps.rootDir, logFile, signal),
    log: (text) => appendFileSync(logFile, `${text}\n`),
    signal,
  };
  let counts = nothing;
  let problem: string | null = null;
  try {
    counts = await stage.run(run);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    problem = describeError(thrown);
    counts = oneCheck(false);
    run.log(problem);
  } finally {
    stopSaying();
  }
  const tookMs = clock.monotonicMs() - beganMs;
  const verdict = verdictOf(counts);
  output.progress(`${stage.name}: ${verdict} in ${formatElapsed(tookMs)}`);
  if (verdict !== "passed") output.note(tailOf(logFile));
  return { name: stage.name, counts, tookMs, logFile, problem };
}

/** A stage that was skipped as a whole says so loudly: it proved nothing. */
function verdictOf(counts: StageCounts): "passed" | "FAILED" | "SKIPPED" {
  if (counts.failed > 0) return "FAILED";
  return counts.passed === 0 && counts.skipped > 0 ? "SKIPPED" : "passed";
}

function tailOf(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-tailLines).join("\n");
}

/** A group of its own, so that an interrupted stage leaves none of its workers behind. */
function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  logFile: string,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const log = createWriteStream(logFile, { flags: "a" });
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const onAbort = (): void => {
      if (child.pid !== undefined) endGroup(child.pid);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", onAbort);
      if (signal.aborted) reject(signal.reason);
      else log.end(() => resolve(code ?? 1));
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It ended at the same moment.
  }
}
