import { readFileSync } from "node:fs";
import {
  configPathFrom,
  createLogger,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { controllerConfigSchema } from "./config.ts";
import { runController } from "./controller/run-controller.ts";

const config = readConfig(configPathFrom(process.argv), controllerConfigSchema);
const log = createLogger({ process: "controller", site: config.site, level: config.logLevel });
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

await runProcess(log, (signal) =>
  runController(
    { config, version: manifest.version, clock: systemClock, random: systemRandom, log },
    signal,
  ),
);
