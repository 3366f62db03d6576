import {
  configPathFrom,
  createLogger,
  readConfig,
  runProcess,
  systemClock,
} from "@careline/platform";
import { identityConfigSchema } from "./identity-config.ts";
import { startIdentityProvider } from "./identity-provider.ts";

const log = createLogger({ process: "identity-provider", site: "edge" });

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), identityConfigSchema);
  const running = await startIdentityProvider(config, systemClock, log);
  log.info({ issuer: config.issuer }, "ready");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await running.close();
});
