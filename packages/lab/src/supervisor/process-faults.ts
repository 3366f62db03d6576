import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import type { Child } from "./child.ts";
import type { FaultReport } from "./fault-command.ts";
import { signalTo, stateOf } from "./proc-scan.ts";

const effectWithinMs = 3000;
const lookAgainMs = 2;

/** Ends one process at once. Errors: FAULT_WITHOUT_EFFECT (it does not run). */
export async function killProcess(
  child: Child,
  staysDown: boolean,
  clock: Clock,
): Promise<FaultReport> {
  if (staysDown) child.hold();
  const report = await signalOne(child, "SIGKILL", (pid) => child.pid !== pid, clock);
  return { ...report, kind: "kill-process", evidence: "its parent has waited for it" };
}

/** Freezes one process (not its children). Errors: FAULT_WITHOUT_EFFECT. */
export async function stopProcess(child: Child, clock: Clock): Promise<FaultReport> {
  const report = await signalOne(child, "SIGSTOP", (pid) => stateOf(pid) === "T", clock);
  return { ...report, kind: "stop-process", evidence: "the kernel reports state T" };
}

/** Lets a frozen process go on. Errors: FAULT_WITHOUT_EFFECT. */
export async function continueProcess(child: Child, clock: Clock): Promise<FaultReport> {
  const report = await signalOne(child, "SIGCONT", (pid) => stateOf(pid) !== "T", clock);
  return { ...report, kind: "continue-process", evidence: "the kernel no longer reports state T" };
}

/** Continues it if frozen, starts it if down. Errors: FAULT_WITHOUT_EFFECT. */
export async function healProcess(child: Child, clock: Clock): Promise<FaultReport> {
  const beganAt = clock.wallNow().toISOString();
  if (child.pid !== null) signalTo(child.pid, "SIGCONT");
  if (!(await child.release())) {
    throw new LabError("FAULT_WITHOUT_EFFECT", `${child.spec.name} is not ready after the heal`);
  }
  return {
    kind: "heal-process",
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: child.pid === null ? [] : [child.pid],
    evidence: "its readiness probe succeeded",
  };
}

async function signalOne(
  child: Child,
  signal: NodeJS.Signals,
  isReached: (pid: number) => boolean,
  clock: Clock,
): Promise<Omit<FaultReport, "kind" | "evidence">> {
  const pid = child.pid;
  const beganAt = clock.wallNow().toISOString();
  if (pid === null || !signalTo(pid, signal)) {
    throw new LabError("FAULT_WITHOUT_EFFECT", `${child.spec.name} does not run`);
  }
  const deadlineMs = clock.monotonicMs() + effectWithinMs;
  while (!isReached(pid)) {
    if (clock.monotonicMs() > deadlineMs) {
      throw new LabError("FAULT_WITHOUT_EFFECT", `${signal} had no effect on ${child.spec.name}`);
    }
    await clock.sleep(lookAgainMs);
  }
  return { beganAt, effectiveAt: clock.wallNow().toISOString(), pids: [pid] };
}
