import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import type { Child } from "./child.ts";
import type { FaultReport } from "./fault-command.ts";
import { processesIn, signalTo, stateOf } from "./proc-scan.ts";

/** All that a fault on a whole site works on. */
export interface SiteUnderFault {
  readonly siteDir: string;
  readonly children: readonly Child[];
  readonly clock: Clock;
}

const effectWithinMs = 5000;
const lookAgainMs = 5;

/** Ends everything of a site at once and keeps it down. Errors: FAULT_WITHOUT_EFFECT. */
export async function killSite(site: SiteUnderFault): Promise<FaultReport> {
  for (const child of site.children) child.hold();
  const isGone = (pid: number): boolean => {
    const state = stateOf(pid);
    return state === null || state === "Z";
  };
  const report = await signalAll(site, "SIGKILL", isGone, "ended");
  // The kernel knows before their parent does: healed in between, a dead process would count as running.
  const { clock } = site;
  const deadlineMs = clock.monotonicMs() + effectWithinMs;
  while (site.children.some((child) => child.pid !== null)) {
    if (clock.monotonicMs() > deadlineMs) {
      throw new LabError("FAULT_WITHOUT_EFFECT", "a process was not waited for after SIGKILL");
    }
    await clock.sleep(lookAgainMs);
  }
  return { ...report, kind: "kill-site" };
}

/** Freezes everything of a site, as a machine that hangs. Errors: FAULT_WITHOUT_EFFECT. */
export async function stopSite(site: SiteUnderFault): Promise<FaultReport> {
  const isFrozen = (pid: number): boolean => ["T", "t", "Z", null].includes(stateOf(pid));
  const report = await signalAll(site, "SIGSTOP", isFrozen, "stopped (state T)");
  return { ...report, kind: "stop-site" };
}

/** Lets a frozen site go on. Errors: FAULT_WITHOUT_EFFECT. */
export async function continueSite(site: SiteUnderFault): Promise<FaultReport> {
  const goesOn = (pid: number): boolean => stateOf(pid) !== "T";
  const report = await signalAll(site, "SIGCONT", goesOn, "running again");
  return { ...report, kind: "continue-site" };
}

/** Continues what is frozen, starts what is down, in the order of the waves. */
export async function healSite(site: SiteUnderFault): Promise<FaultReport> {
  const began = await continueSite(site);
  const waves = [...new Set(site.children.map((child) => child.spec.wave))].toSorted(
    (a, b) => a - b,
  );
  for (const wave of waves) {
    const members = site.children.filter((child) => child.spec.wave === wave);
    const results = await Promise.all(members.map((child) => child.release()));
    const late = members.filter((_, index) => results[index] === false);
    if (late.length > 0) {
      const names = late.map((child) => child.spec.name).join(", ");
      throw new LabError("FAULT_WITHOUT_EFFECT", `not ready after the heal: ${names}`);
    }
  }
  return {
    kind: "heal-site",
    beganAt: began.beganAt,
    effectiveAt: site.clock.wallNow().toISOString(),
    pids: site.children.flatMap((child) => child.pid ?? []),
    evidence: `${site.children.length} processes are ready`,
  };
}

/**
 * Signals until a whole scan finds nothing left to signal: a process may fork between the scan
 * and the signal. The scan comes first, the signals then fall within about a millisecond.
 */
async function signalAll(
  site: SiteUnderFault,
  signal: NodeJS.Signals,
  isReached: (pid: number) => boolean,
  effect: string,
): Promise<Omit<FaultReport, "kind">> {
  const { clock } = site;
  let found = processesIn(site.siteDir).map(({ pid }) => pid);
  const beganAt = clock.wallNow().toISOString();
  const reached = new Set<number>();
  const deadlineMs = clock.monotonicMs() + effectWithinMs;
  while (found.some((pid) => !isReached(pid))) {
    if (clock.monotonicMs() > deadlineMs) {
      const rest = found.filter((pid) => !isReached(pid)).join(", ");
      throw new LabError("FAULT_WITHOUT_EFFECT", `${signal} had no effect on ${rest}`);
    }
    for (const pid of found) {
      if (!isReached(pid) && signalTo(pid, signal)) reached.add(pid);
    }
    await clock.sleep(lookAgainMs);
    found = processesIn(site.siteDir).map(({ pid }) => pid);
  }
  return {
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: [...reached].toSorted((a, b) => a - b),
    evidence: `every process with a working directory under ${site.siteDir} is ${effect}`,
  };
}
