import type { Clock } from "@careline/platform";
import type { Place } from "../layout/index.ts";
import { skewClock, writeClockOffset } from "./clock-skew.ts";
import type { FaultCommand, FaultReport } from "./fault-command.ts";
import { continueProcess, healProcess, killProcess, stopProcess } from "./process-faults.ts";
import type { SupervisorConfig } from "./process-spec.ts";
import { fillDisk, freeDisk, isMounted } from "./region-disk.ts";
import { continueSite, healSite, killSite, type SiteUnderFault, stopSite } from "./site-faults.ts";
import { ownerOf, type Supervisor } from "./supervisor.ts";

export interface FaultDeps {
  readonly supervisor: Supervisor;
  readonly config: SupervisorConfig;
  readonly clock: Clock;
}

/** Carries out a fault and answers when its effect was seen. Errors: see {@link FaultCommand}'s kinds. */
export async function applyFault(
  command: FaultCommand,
  deps: FaultDeps,
  signal: AbortSignal,
): Promise<FaultReport> {
  const { supervisor, config, clock } = deps;
  const site = (place: Place): SiteUnderFault => ({
    siteDir: config.siteDirs[place],
    children: supervisor.daemonsOf(place),
    clock,
  });
  switch (command.kind) {
    case "kill-process":
      return killProcess(supervisor.child(command.process), command.staysDown, clock);
    case "stop-process":
      return stopProcess(supervisor.child(command.process), clock);
    case "continue-process":
      return continueProcess(supervisor.child(command.process), clock);
    case "heal-process":
      return healProcess(supervisor.child(command.process), clock);
    case "kill-site":
      return killSite(site(command.site));
    case "stop-site":
      return stopSite(site(command.site));
    case "continue-site":
      return continueSite(site(command.site));
    case "heal-site":
      return healSite(site(command.site));
    case "fill-disk":
      return fillDisk(config.siteDirs[command.region], command.leaveBytes, clock, signal);
    case "free-disk":
      return freeDisk(config.siteDirs[command.region], clock);
    case "skew-clock":
      return skewClock(
        config.clockFiles[command.region],
        command.offsetSeconds,
        ownerOf(config),
        clock,
        signal,
      );
    case "heal-all":
      return healAll(deps, site);
  }
}

async function healAll(
  { supervisor, config, clock }: FaultDeps,
  site: (place: Place) => SiteUnderFault,
): Promise<FaultReport> {
  const beganAt = clock.wallNow().toISOString();
  const places: readonly Place[] = ["witness", "east", "west", "edge"];
  for (const place of places) {
    const siteDir = config.siteDirs[place];
    if (isMounted(siteDir)) freeDisk(siteDir, clock);
    if (config.skewableClocks) writeClockOffset(config.clockFiles[place], 0, ownerOf(config));
  }
  // All at once: a site alone may have to wait for the others' quorum before it is ready.
  await Promise.all(places.map((place) => healSite(site(place))));
  return {
    kind: "heal-all",
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: supervisor.children.flatMap((child) => child.pid ?? []),
    evidence: "every process is ready",
  };
}
