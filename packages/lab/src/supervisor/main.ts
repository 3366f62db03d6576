import { existsSync, rmSync } from "node:fs";
import type { Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import {
  type Clock,
  configPathFrom,
  createLogger,
  type Logger,
  readConfig,
  runProcess,
  systemClock,
} from "@careline/platform";
import { LabError } from "../errors.ts";
import { type Region, regions } from "../layout/index.ts";
import { serveSocket } from "../socket-server.ts";
import { applyFault } from "./apply-fault.ts";
import { writeClockOffset } from "./clock-skew.ts";
import { faultCommandSchema } from "./fault-command.ts";
import { type SupervisorConfig, supervisorConfigSchema } from "./process-spec.ts";
import { mountRegionDisk, unmountRegionDisk } from "./region-disk.ts";
import { ownerOf, Supervisor } from "./supervisor.ts";

const log = createLogger({ process: "supervisor", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), supervisorConfigSchema);
  const lock = await takeLock(config.lockPort);
  await prepareRegions(config, log);
  const supervisor = new Supervisor(config, systemClock, log);
  const stopping = new AbortController();
  const control = await serve(config, supervisor, systemClock, stopping);
  void supervisor.startAll();
  await untilAborted(AbortSignal.any([signal, stopping.signal]));
  await supervisor.stopAll();
  for (const region of regions) {
    await unmountRegionDisk(config.siteDirs[region], systemClock.deadline(10_000));
  }
  for (const file of [config.controlSocket, config.wanSocket]) rmSync(file, { force: true });
  control.close();
  lock.close();
});

/** A port that one process at a time can hold: two supervisors of one lab would fight. */
function takeLock(port: number): Promise<Server> {
  const lock = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    lock.once("error", (cause) =>
      reject(new LabError("PORT_TAKEN", `port ${port} is taken by another supervisor`, { cause })),
    );
    lock.listen({ port, host: "127.0.0.1" }, () => resolve(lock));
  });
}

async function prepareRegions(config: SupervisorConfig, logger: Logger): Promise<void> {
  const owner = ownerOf(config);
  for (const region of regions) {
    if (config.skewableClocks && !existsSync(config.clockFiles[region])) {
      writeClockOffset(config.clockFiles[region], 0, owner);
    }
    if (config.regionDiskMiB === null) continue;
    const kind = await mountRegionDisk(
      config.siteDirs[region],
      imageOf(config, region),
      config.regionDiskMiB,
      owner,
      systemClock.deadline(30_000),
    );
    logger.info({ region, kind, sizeMiB: config.regionDiskMiB }, "region has a disk of its own");
  }
}

function imageOf(config: SupervisorConfig, region: Region): string {
  return join(config.stateDir, `disk-${region}.img`);
}

function serve(
  config: SupervisorConfig,
  supervisor: Supervisor,
  clock: Clock,
  stopping: AbortController,
): Promise<HttpServer> {
  return serveSocket(config.controlSocket, async ({ method, path, body }) => {
    if (method === "GET" && path === "/status") return supervisor.status();
    if (method === "POST" && path === "/resume") {
      supervisor.resume();
      return supervisor.status();
    }
    if (method === "POST" && path === "/stop") {
      stopping.abort(new Error("asked to stop"));
      return supervisor.status();
    }
    if (method === "POST" && path === "/faults") {
      const command = faultCommandSchema.parse(body);
      log.warn({ command }, "fault asked for");
      const report = await applyFault(
        command,
        { supervisor, config, clock },
        clock.deadline(60_000),
      );
      log.warn({ report: { ...report, pids: report.pids.length } }, "fault in effect");
      return report;
    }
    throw new LabError("BAD_REQUEST", `nothing answers ${method} ${path}`);
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
