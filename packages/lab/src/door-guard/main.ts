import {
  Counter,
  configPathFrom,
  createLogger,
  createMetrics,
  readConfig,
  runProcess,
  systemClock,
} from "@careline/platform";
import { LabError } from "../errors.ts";
import { serveSocket } from "../socket-server.ts";
import { DoorGuard } from "./door-guard.ts";
import { doorGuardConfigSchema } from "./door-guard-config.ts";

const log = createLogger({ process: "door-guard", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), doorGuardConfigSchema);
  const metrics = createMetrics("door-guard", "edge");
  const verdicts = new Counter({
    name: "careline_door_verdicts_total",
    help: "Changes of what the front door is told of a region.",
    labelNames: ["region", "verdict"] as const,
    registers: [metrics],
  });
  const guard = new DoorGuard(config, {
    clock: systemClock,
    log,
    onVerdict: (region, verdict) => verdicts.inc({ region, verdict }),
  });
  const control = await serveSocket(config.controlSocket, ({ method, path }) => {
    if (method === "GET" && path === "/metrics") return metrics.metrics();
    throw new LabError("BAD_REQUEST", `nothing answers ${method} ${path}`);
  });
  log.info({ regions: config.regions.length }, "ready");
  await guard.run(signal);
  control.close();
  control.closeAllConnections();
});
