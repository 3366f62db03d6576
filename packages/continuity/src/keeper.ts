import {
  configPathFrom,
  createLogger,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { keeperConfigSchema } from "./config.ts";
import { runKeeper } from "./keeper/run-keeper.ts";

const config = readConfig(configPathFrom(process.argv), keeperConfigSchema);
const log = createLogger({ process: "keeper", site: config.site, level: config.logLevel });

await runProcess(log, (signal) =>
  runKeeper({ config, clock: systemClock, random: systemRandom, log }, signal),
);
