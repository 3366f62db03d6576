import { spawn } from "node:child_process";
import { existsSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import { ensurePki, type Layout, regions } from "../layout/index.ts";
import {
  labProcesses,
  nodeCommand,
  postgresLogFile,
  supervisorConfigOf,
  writeConfig,
} from "../processes/index.ts";
import { callSocket } from "../socket-call.ts";
import { type LabStatus, labStatusSchema } from "../supervisor/index.ts";
import { refreshAppCopy } from "./app-copy.ts";
import { endStrays } from "./end-strays.ts";
import { mustBeFree } from "./port-owners.ts";
import { takeStartTurn } from "./start-turn.ts";
import { buildWebIfChanged } from "./web-build.ts";

/** Tells a person what is being done; one short sentence each. */
export type Progress = (text: string) => void;

export interface StartOptions {
  /** False: the screens stay as they were last built. */
  readonly buildsScreens: boolean;
}

const supervisorAnswersWithinMs = 15_000;
const lookEachMs = 50;
/** Logs that no supervisor writes are moved aside at a start. */
const logBytesMax = 8 * 1024 * 1024;

/** The state of a running lab, or null when none runs. */
export async function readLabStatus(
  layout: Layout,
  signal: AbortSignal,
): Promise<LabStatus | null> {
  try {
    return labStatusSchema.parse(
      await callSocket(layout.supervisorSocket, "GET", "/status", undefined, signal),
    );
  } catch (thrown) {
    if (thrown instanceof LabError && thrown.code === "LAB_NOT_RUNNING") return null;
    throw thrown;
  }
}

/**
 * Prepares everything and starts the supervisor in the background; answers as soon as it does.
 * Does nothing more when another start of the same lab came first. Errors: PORT_TAKEN, PREPARE_FAILED, LAB_DID_NOT_START.
 */
export async function startLab(
  layout: Layout,
  clock: Clock,
  progress: Progress,
  signal: AbortSignal,
  options: StartOptions = { buildsScreens: true },
): Promise<void> {
  const endTurn = await takeStartTurn(layout.stateDir, clock, signal);
  try {
    if ((await readLabStatus(layout, signal)) !== null) return;
    await prepareAndLaunch(layout, clock, progress, signal, options);
  } finally {
    endTurn();
  }
}

async function prepareAndLaunch(
  layout: Layout,
  clock: Clock,
  progress: Progress,
  signal: AbortSignal,
  options: StartOptions,
): Promise<void> {
  const strays = await endStrays(layout, clock);
  if (strays > 0) progress(`ended ${strays} processes that an earlier supervisor left behind`);
  mustBeFree(layout.ports);
  progress("certificates");
  await ensurePki(layout, clock, signal);
  if (options.buildsScreens) {
    progress("screens");
    if (await buildWebIfChanged(layout.rootDir, signal)) progress("screens built");
  }
  await refreshAppCopy(layout, signal);
  progress("configuration and secrets");
  const config = supervisorConfigOf(layout, labProcesses(layout));
  const configFile = writeConfig(layout, "supervisor.json", config);
  launchSupervisor(layout, configFile);
  progress("supervisor");
  const deadline = AbortSignal.any([signal, clock.deadline(supervisorAnswersWithinMs)]);
  while ((await readLabStatus(layout, signal)) === null) {
    if (deadline.aborted) {
      const log = join(layout.logDir, "supervisor.log");
      throw new LabError("LAB_DID_NOT_START", `the supervisor does not answer; see ${log}`);
    }
    await clock.sleep(lookEachMs, signal);
  }
}

/** Asks a running lab whose start was incomplete to go on with what is left. Errors: LAB_NOT_RUNNING. */
export async function resumeLab(layout: Layout, signal: AbortSignal): Promise<void> {
  await callSocket(layout.supervisorSocket, "POST", "/resume", undefined, signal);
}

function launchSupervisor(layout: Layout, configFile: string): void {
  const logFile = join(layout.logDir, "supervisor.log");
  const own = regions.map((region) => postgresLogFile(layout, region));
  for (const file of [logFile, ...own]) {
    if (existsSync(file) && statSync(file).size > logBytesMax) renameSync(file, `${file}.1`);
  }
  const output = openSync(logFile, "a", 0o640);
  const script = join(layout.appDir, "packages/lab/src/supervisor/main.ts");
  const child = spawn(nodeCommand(layout), [script, "--config", configFile], {
    cwd: layout.stateDir,
    detached: true,
    stdio: ["ignore", output, output],
  });
  child.unref();
}
