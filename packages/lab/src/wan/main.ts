import { rmSync } from "node:fs";
import {
  configPathFrom,
  createLogger,
  createMetrics,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { createControlServer } from "./control-server.ts";
import { Wan } from "./wan.ts";
import { wanConfigSchema } from "./wan-config.ts";

const log = createLogger({ process: "wan", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), wanConfigSchema);
  const wan = new Wan(config, systemClock, systemRandom);
  await wan.listen();
  const control = createControlServer(wan, createMetrics("wan", "edge"));
  rmSync(config.controlSocket, { force: true });
  const mask = process.umask(0o177);
  await new Promise<void>((resolve, reject) => {
    control.once("error", reject);
    control.listen(config.controlSocket, resolve);
  });
  process.umask(mask);
  log.info({ routes: config.routes.length, proxies: config.proxies.length }, "ready");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  control.close();
  control.closeAllConnections();
  await wan.close();
});
