import { existsSync, lstatSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import { type Layout, regions } from "../layout/index.ts";
import { callSocket } from "../socket-call.ts";
import { isMounted } from "../supervisor/index.ts";
import { endStrays } from "./end-strays.ts";
import { type Progress, readLabStatus } from "./start-lab.ts";

const stopsWithinMs = 60_000;
const lookEachMs = 100;

/**
 * Stops a lab in order and waits until nothing of it is left; what an earlier crash left behind is
 * ended too. Answers whether anything ran. Errors: LAB_DID_NOT_STOP.
 */
export async function stopLab(
  layout: Layout,
  clock: Clock,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const running = await readLabStatus(layout, signal);
  if (running !== null) {
    await callSocket(layout.supervisorSocket, "POST", "/stop", undefined, signal);
    await untilSilent(layout, clock, progress, signal);
  }
  const strays = await endStrays(layout, clock);
  if (strays > 0) progress(`ended ${strays} processes without a supervisor`);
  if (!layout.runDir.startsWith(layout.stateDir)) {
    rmSync(layout.runDir, { recursive: true, force: true });
  }
  return running !== null || strays > 0;
}

async function untilSilent(
  layout: Layout,
  clock: Clock,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + stopsWithinMs;
  let last = "";
  for (;;) {
    const status = await readLabStatus(layout, signal).catch(() => null);
    if (status === null && !isLockHeld(layout)) return;
    if (clock.monotonicMs() > deadlineMs) {
      throw new LabError("LAB_DID_NOT_STOP", `still running after ${stopsWithinMs / 1000} s`);
    }
    const left = (status?.processes ?? []).filter(({ pid }) => pid !== null);
    const text = left.map(({ name }) => name).join(", ");
    if (text !== last && text !== "") progress(`stopping ${text}`);
    last = text;
    await clock.sleep(lookEachMs, signal);
  }
}

/** Whether the supervisor still holds its port: it closes its socket a moment before it ends. */
function isLockHeld(layout: Layout): boolean {
  const port = layout.ports.supervisorLock.toString(16).toUpperCase().padStart(4, "0");
  return readFileSync("/proc/net/tcp", "utf8").includes(`:${port} 00000000:0000 0A`);
}

/** Removes everything the lab keeps: data, secrets, certificates, logs. Call on a stopped lab only. */
export function wipeLab(layout: Layout): void {
  const mounted = regions.find((region) => isMounted(layout.siteDir(region)));
  if (mounted !== undefined) {
    throw new LabError("LAB_DID_NOT_STOP", `${layout.siteDir(mounted)} is still mounted`);
  }
  const isLink = lstatSync(layout.stateLink, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink) rmSync(layout.stateLink);
  rmSync(layout.stateDir, { recursive: true, force: true });
  rmSync(layout.runDir, { recursive: true, force: true });
  if (layout.appDir !== layout.rootDir && existsSync(layout.appDir)) {
    rmSync(dirname(layout.appDir), { recursive: true, force: true });
  }
}
