import { type Layout, places, regions, sites } from "../layout/index.ts";
import type { ProcessSpec, SupervisorConfig } from "../supervisor/index.ts";
import { controllerProcess, keeperProcess } from "./continuity-process.ts";
import { databaseTask } from "./database-task.ts";
import { doorGuardProcess } from "./door-guard-process.ts";
import { carrierProcess, identityProviderProcess } from "./edge-process.ts";
import { etcdProcess, etcdSetupTask } from "./etcd-process.ts";
import { frontDoorProcess } from "./front-door-process.ts";
import { writeOperatorConfigs } from "./operator-configs.ts";
import { portalProcess } from "./portal-process.ts";
import { redisProcess } from "./redis-process.ts";
import { wanProcess } from "./wan-process.ts";

/** Every process of the lab; writes their configuration and makes their secrets where missing. */
export function labProcesses(layout: Layout): ProcessSpec[] {
  writeOperatorConfigs(layout);
  return [
    wanProcess(layout),
    ...sites.map((site) => etcdProcess(layout, site)),
    etcdSetupTask(layout),
    ...regions.map((region) => redisProcess(layout, region)),
    identityProviderProcess(layout),
    ...regions.map((region) => keeperProcess(layout, region)),
    ...sites.map((site) => controllerProcess(layout, site)),
    databaseTask(layout),
    ...regions.map((region) => portalProcess(layout, region)),
    carrierProcess(layout),
    frontDoorProcess(layout),
    doorGuardProcess(layout),
  ];
}

/** What the supervisor of this lab runs. */
export function supervisorConfigOf(
  layout: Layout,
  processes: readonly ProcessSpec[],
): SupervisorConfig {
  const byPlace = (path: (place: (typeof places)[number]) => string) =>
    Object.fromEntries(places.map((place) => [place, path(place)])) as Record<
      (typeof places)[number],
      string
    >;
  return {
    stateDir: layout.stateDir,
    logDir: layout.logDir,
    controlSocket: layout.supervisorSocket,
    wanSocket: layout.wanSocket,
    lockPort: layout.ports.supervisorLock,
    owner: layout.owner.switchTo === null ? null : { ...layout.owner.switchTo },
    siteDirs: byPlace((place) => layout.siteDir(place)),
    clockFiles: byPlace((place) => layout.clockFile(place)),
    skewableClocks: layout.settings.skewableClocks,
    regionDiskMiB: layout.settings.regionDiskMiB,
    processes: [...processes],
  };
}
