import { join } from "node:path";
import type { LabStatus, Layout } from "@careline/lab";
import type { Clock } from "@careline/platform";
import { CliError } from "../cli-error.ts";
import { connectControllers, readOperatorConfig, systemStatusSchema } from "../operator/index.ts";
import { oneCheck, type Stage, type StageCounts, type StageRun } from "./stage.ts";
import { journeysConfig, runVitest } from "./stages.ts";

/** The three scenarios of each test run; `careline drill --all` has the rest. */
export const smokeScenarios = ["region-loss", "switchover", "region-hang"] as const;

const readyWithinMs = 120_000;
const protectedWithinMs = 60_000;
const lookEachMs = 250;
/** Enough to see every kind of write; the full drill has 50. */
const smokeAgents = 10;

/** Stages on a lab of their own, started fresh and removed afterwards. */
export function labStages(clock: Clock): readonly Stage[] {
  const stateDir = (rootDir: string): string => join(rootDir, ".careline", "test-lab", "state");
  return [
    {
      name: "lab",
      what: "starts both regions from nothing, on ports of their own",
      run: (run) => startFresh(run, stateDir(run.rootDir), clock),
    },
    {
      name: "journeys",
      what: "a browser against the running lab",
      run: (run) => journeys(run, stateDir(run.rootDir)),
    },
    ...smokeScenarios.map(
      (scenario): Stage => ({
        name: `drill-${scenario}`,
        what: `${smokeAgents} simulated agents through ${scenario}`,
        run: (run) => drill(run, scenario, stateDir(run.rootDir), clock),
      }),
    ),
    {
      name: "teardown",
      what: "stops the lab and looks for what it left behind",
      run: (run) => tearDown(run, stateDir(run.rootDir), clock),
    },
  ];
}

async function startFresh(run: StageRun, stateDir: string, clock: Clock): Promise<StageCounts> {
  const lab = await import("@careline/lab");
  const old = lab.openLayout(run.rootDir, stateDir);
  if (old !== null) {
    await lab.stopLab(old, clock, run.log, run.signal);
    lab.wipeLab(old);
  }
  const portBase = lab.findFreePortBase();
  const layout = lab.prepareLayout(run.rootDir, { stateDir, portBase }, run.log);
  const beganMs = clock.monotonicMs();
  await lab.startLab(layout, clock, run.log, run.signal);
  const status = await untilRunning(layout, clock, run.signal);
  run.log(`ready after ${Math.round(clock.monotonicMs() - beganMs)} ms on ports from ${portBase}`);
  return oneCheck(status.phase === "running" && (await isProtected(run, stateDir, clock)));
}

async function untilRunning(layout: Layout, clock: Clock, signal: AbortSignal): Promise<LabStatus> {
  const { readLabStatus } = await import("@careline/lab");
  const deadlineMs = clock.monotonicMs() + readyWithinMs;
  for (;;) {
    const status = await readLabStatus(layout, signal);
    if (status?.phase === "running") return status;
    if (status === null || status.phase === "incomplete" || clock.monotonicMs() > deadlineMs) {
      throw new CliError("UP_INCOMPLETE", status?.failure ?? "the lab is not ready in time");
    }
    await clock.sleep(lookEachMs, signal);
  }
}

async function isProtected(run: StageRun, stateDir: string, clock: Clock): Promise<boolean> {
  const controllers = connectControllers(readOperatorConfig(run.rootDir, stateDir, "vera"), clock);
  const deadlineMs = clock.monotonicMs() + protectedWithinMs;
  for (;;) {
    const answer = await controllers.get("/v1/status", run.signal).catch(() => null);
    const status = systemStatusSchema.safeParse(answer);
    if (status.success && status.data.protected) return true;
    if (clock.monotonicMs() > deadlineMs) {
      run.log(`not protected: ${JSON.stringify(answer)}`);
      return false;
    }
    await clock.sleep(lookEachMs, run.signal);
  }
}

async function journeys(run: StageRun, stateDir: string): Promise<StageCounts> {
  const layout = await layoutAt(run, stateDir);
  const { frontDoorOrigin } = await import("@careline/lab");
  return runVitest(run, ["--config", journeysConfig], {
    CARELINE_FRONT_DOOR: frontDoorOrigin(layout),
    CARELINE_CA: layout.authorityFile,
    CARELINE_STATE: stateDir,
  });
}

async function drill(
  run: StageRun,
  scenario: string,
  stateDir: string,
  clock: Clock,
): Promise<StageCounts> {
  const layout = await layoutAt(run, stateDir);
  const { runDrill } = await import("@careline/lab/drill/index.ts");
  const { report, isGood, directory } = await runDrill(
    { layout, scenario, agents: smokeAgents, clock },
    run.signal,
    ({ elapsedMs, text }) => run.log(`${elapsedMs} ms: ${text}`),
  );
  run.log(JSON.stringify(report, null, 2));
  run.log(`report: ${directory}`);
  return oneCheck(isGood);
}

/** Stops it as a person would, and fails when a process of it is still there. */
async function tearDown(run: StageRun, stateDir: string, clock: Clock): Promise<StageCounts> {
  const layout = await layoutAt(run, stateDir);
  const { mustBeFree, stopLab, wipeLab } = await import("@careline/lab");
  await stopLab(layout, clock, run.log, run.signal);
  mustBeFree(layout.ports);
  wipeLab(layout);
  return oneCheck(true);
}

async function layoutAt(run: StageRun, stateDir: string): Promise<Layout> {
  const { openLayout } = await import("@careline/lab");
  const layout = openLayout(run.rootDir, stateDir);
  if (layout === null) throw new CliError("NEVER_STARTED", "the lab stage did not make a lab");
  return layout;
}
