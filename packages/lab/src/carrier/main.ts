import {
  configPathFrom,
  createLogger,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { carrierConfigSchema } from "./carrier-config.ts";
import { startCarrier } from "./start-carrier.ts";

const log = createLogger({ process: "carrier", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), carrierConfigSchema);
  const running = await startCarrier(config, { clock: systemClock, random: systemRandom, log });
  log.info({ port: running.port, calls: running.carrier.calls().length }, "ready");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await running.close();
});
