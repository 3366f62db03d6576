import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import type { Layout, Place, Region, Site } from "../layout/index.ts";
import { callSocket } from "../socket-call.ts";
import {
  type FaultCommand,
  type FaultReport,
  faultReportSchema,
  type LabStatus,
  labStatusSchema,
} from "../supervisor/index.ts";
import { commandWan, type LinkSettings, readLinks, type WanAnswer } from "../wan/index.ts";
import { probeRoute } from "./probe-route.ts";

/**
 * Everything that can be done to a running lab. Each call answers when the effect has been seen,
 * with the wall-clock times (milliseconds, this machine) at which it began and was complete.
 * Errors: LAB_NOT_RUNNING, UNKNOWN_PROCESS, FAULT_WITHOUT_EFFECT, FAULT_UNAVAILABLE.
 */
export interface LabControl {
  status(signal: AbortSignal): Promise<LabStatus>;
  links(signal: AbortSignal): Promise<WanAnswer>;
  /** Everything of the site dies at once and stays down until it is healed. */
  killSite(site: Site, signal: AbortSignal): Promise<FaultReport>;
  /** SIGSTOP to everything of the site: a machine that hangs. */
  stopSite(site: Site, signal: AbortSignal): Promise<FaultReport>;
  continueSite(site: Site, signal: AbortSignal): Promise<FaultReport>;
  /** Continues what is frozen and starts what is down; answers when all its processes are ready. */
  healSite(site: Site, signal: AbortSignal): Promise<FaultReport>;
  killProcess(name: string, staysDown: boolean, signal: AbortSignal): Promise<FaultReport>;
  stopProcess(name: string, signal: AbortSignal): Promise<FaultReport>;
  continueProcess(name: string, signal: AbortSignal): Promise<FaultReport>;
  healProcess(name: string, signal: AbortSignal): Promise<FaultReport>;
  /** Needs `up --region-disk`. */
  fillDisk(region: Region, leaveBytes: number, signal: AbortSignal): Promise<FaultReport>;
  freeDisk(region: Region, signal: AbortSignal): Promise<FaultReport>;
  /** Needs `up --skewable-clocks`. */
  skewClock(region: Region, offsetSeconds: number, signal: AbortSignal): Promise<FaultReport>;
  /** Silent: no reset, no refusal. One way with `both` false. Verified by a probe that hears nothing. */
  cut(from: Place, to: Place, both: boolean, signal: AbortSignal): Promise<WanAnswer>;
  healLink(from: Place, to: Place, both: boolean, signal: AbortSignal): Promise<WanAnswer>;
  stall(
    from: Place,
    to: Place,
    both: boolean,
    forMs: number,
    signal: AbortSignal,
  ): Promise<WanAnswer>;
  setLink(
    from: Place,
    to: Place,
    both: boolean,
    settings: Partial<LinkSettings>,
    signal: AbortSignal,
  ): Promise<WanAnswer>;
  resetLink(from: Place, to: Place, signal: AbortSignal): Promise<WanAnswer>;
  /** Ends every fault: links, processes, sites, disks, clocks. */
  healAll(signal: AbortSignal): Promise<FaultReport>;
}

/** Control of the lab that runs from this layout; connects at each call. */
export function connectLab(layout: Layout, clock: Clock): LabControl {
  const fault = async (command: FaultCommand, signal: AbortSignal): Promise<FaultReport> =>
    faultReportSchema.parse(
      await callSocket(layout.supervisorSocket, "POST", "/faults", command, signal),
    );
  const wan = (command: Parameters<typeof commandWan>[1], signal: AbortSignal) =>
    commandWan(layout.wanSocket, command, signal);
  return {
    status: async (signal) =>
      labStatusSchema.parse(
        await callSocket(layout.supervisorSocket, "GET", "/status", undefined, signal),
      ),
    links: (signal) => readLinks(layout.wanSocket, signal),
    killSite: (site, signal) => fault({ kind: "kill-site", site }, signal),
    stopSite: (site, signal) => fault({ kind: "stop-site", site }, signal),
    continueSite: (site, signal) => fault({ kind: "continue-site", site }, signal),
    healSite: (site, signal) => fault({ kind: "heal-site", site }, signal),
    killProcess: (process, staysDown, signal) =>
      fault({ kind: "kill-process", process, staysDown }, signal),
    stopProcess: (process, signal) => fault({ kind: "stop-process", process }, signal),
    continueProcess: (process, signal) => fault({ kind: "continue-process", process }, signal),
    healProcess: (process, signal) => fault({ kind: "heal-process", process }, signal),
    fillDisk: (region, leaveBytes, signal) =>
      fault({ kind: "fill-disk", region, leaveBytes }, signal),
    freeDisk: (region, signal) => fault({ kind: "free-disk", region }, signal),
    skewClock: (region, offsetSeconds, signal) =>
      fault({ kind: "skew-clock", region, offsetSeconds }, signal),
    cut: async (from, to, both, signal) => {
      const answer = await wan({ kind: "cut", from, to, both }, signal);
      await mustBeSilent(layout, from, to, clock, signal);
      return answer;
    },
    healLink: (from, to, both, signal) => wan({ kind: "heal", from, to, both }, signal),
    stall: (from, to, both, forMs, signal) => wan({ kind: "stall", from, to, both, forMs }, signal),
    setLink: (from, to, both, settings, signal) =>
      wan({ kind: "set", from, to, both, settings }, signal),
    resetLink: (from, to, signal) => wan({ kind: "reset", from, to, both: true }, signal),
    healAll: async (signal) => {
      await wan({ kind: "heal-all" }, signal);
      return fault({ kind: "heal-all" }, signal);
    },
  };
}

async function mustBeSilent(
  layout: Layout,
  from: Place,
  to: Place,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if ((await probeRoute(layout, from, to, clock, signal)) !== "silent") {
    throw new LabError("FAULT_WITHOUT_EFFECT", `something still passes from ${from} to ${to}`);
  }
}
