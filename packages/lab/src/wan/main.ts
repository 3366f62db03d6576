import {
  configPathFrom,
  createLogger,
  createMetrics,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { LabError } from "../errors.ts";
import { serveSocket } from "../socket-server.ts";
import { Wan } from "./wan.ts";
import { wanCommandSchema, wanConfigSchema } from "./wan-config.ts";

const log = createLogger({ process: "wan", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), wanConfigSchema);
  const wan = new Wan(config, systemClock, systemRandom);
  const metrics = createMetrics("wan", "edge");
  await wan.listen();
  const control = await serveSocket(config.controlSocket, ({ method, path, body }) => {
    if (method === "GET" && path === "/links") return wan.answer();
    if (method === "GET" && path === "/metrics") return metrics.metrics();
    if (method === "POST" && path === "/commands") {
      const command = wanCommandSchema.parse(body);
      log.info({ command }, "link changed");
      return wan.apply(command);
    }
    throw new LabError("BAD_REQUEST", `nothing answers ${method} ${path}`);
  });
  log.info({ routes: config.routes.length, proxies: config.proxies.length }, "ready");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  control.close();
  control.closeAllConnections();
  await wan.close();
});
