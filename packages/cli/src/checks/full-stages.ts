import type { Clock } from "@careline/platform";
import { CliError } from "../cli-error.ts";
import { oneCheck, type Stage, type StageCounts, type StageRun } from "./stage.ts";

/** 20,000 seeds in parts, so that an interrupted run loses a few minutes at most. */
const seedsInAll = 20_000;
const seedsAtOnce = 1000;
const repeats = 10;

/**
 * What takes longer than a test run may: many seeds, every scenario, ten runs of the three that
 * the goals are stated for. Each is kept when done; an interrupted run goes on with the next.
 */
export function fullStages(clock: Clock): readonly Stage[] {
  const parts = Array.from({ length: seedsInAll / seedsAtOnce }, (_, index) => index * seedsAtOnce);
  return [
    ...parts.map(
      (from): Stage => ({
        name: `seeds-${from + 1}`,
        what: `seeds ${from + 1} to ${from + seedsAtOnce}`,
        run: (run) => seeds(run, from + 1),
      }),
    ),
    ...["region-loss", "region-hang", "switchover"].map(
      (scenario): Stage => ({
        name: `ten-${scenario}`,
        what: `${repeats} runs of ${scenario} with 50 agents`,
        run: (run) => repeated(run, scenario, clock),
      }),
    ),
    { name: "all-drills", what: "every scenario", run: (run) => everyDrill(run, clock) },
  ];
}

async function seeds(run: StageRun, from: number): Promise<StageCounts> {
  const { simulateSeeds } = await import("@careline/continuity-core/sim/index.ts");
  const { signal } = run;
  const summary = await simulateSeeds({ from, seeds: seedsAtOnce, signal });
  signal.throwIfAborted();
  for (const { seed, violation } of summary.failures) {
    run.log(`seed ${seed}: invariant ${violation.invariant}: ${violation.what}`);
  }
  run.log(`${summary.events} events, ${summary.faults} faults`);
  const failed = summary.failures.length;
  return { passed: summary.seeds - failed, failed, skipped: 0 };
}

async function repeated(run: StageRun, scenario: string, clock: Clock): Promise<StageCounts> {
  const { runDrill } = await import("@careline/lab/drill/index.ts");
  const { report, isGood } = await runDrill(
    { layout: await runningLab(run), scenario, repeat: repeats, agents: 50, clock },
    run.signal,
    ({ run: number, text }) => run.log(`run ${number}: ${text}`),
  );
  run.log(JSON.stringify(report, null, 2));
  return oneCheck(isGood);
}

async function everyDrill(run: StageRun, clock: Clock): Promise<StageCounts> {
  const { runAllDrills } = await import("@careline/lab/drill/index.ts");
  const { report } = await runAllDrills(
    { layout: await runningLab(run), clock },
    run.signal,
    ({ scenario, text }) => run.log(`${scenario}: ${text}`),
  );
  run.log(JSON.stringify(report, null, 2));
  return { passed: report.kept, failed: report.broken + report.failed, skipped: report.skipped };
}

async function runningLab(run: StageRun): Promise<import("@careline/lab").Layout> {
  const { openLayout, readLabStatus } = await import("@careline/lab");
  const layout = openLayout(run.rootDir);
  const status = layout === null ? null : await readLabStatus(layout, run.signal);
  if (layout === null || status === null) {
    throw new CliError("NOT_RUNNING", "the long drills run on a lab that was started before");
  }
  return layout;
}
