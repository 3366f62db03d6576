import {
  configPathFrom,
  createLogger,
  describeError,
  readConfig,
  runProcess,
  systemClock,
  systemRandom,
} from "@careline/platform";
import { buildApp, type PortalApp } from "./app.ts";
import { portalConfigSchema } from "./config.ts";

/** Longest that requests under way may take once the process was asked to stop. */
const drainMs = 5_000;

/** `node packages/portal-api/src/main.ts --config portal.json`: the call-centre API and the screens of one region. */
const config = readConfig(configPathFrom(process.argv), portalConfigSchema);
const log = createLogger({ process: "portal-api", site: config.site, level: config.logLevel });

await runProcess(log, async (signal) => {
  const stop = new AbortController();
  const app = await buildApp({
    config,
    clock: systemClock,
    random: systemRandom,
    log,
    stop: stop.signal,
  });
  const loops = new AbortController();
  app.start();
  const asking = app.permit.run(loops.signal);
  try {
    await app.server.listen({ host: config.listen.host, port: config.listen.port });
    log.info({ port: config.listen.port, screens: config.webDir !== null }, "listening");
    await Promise.race([app.permit.firstAnswer(), aborted(signal)]);
    const running = app.loops.map(({ name, run }) => runLoop(name, run(loops.signal)));
    await Promise.race([aborted(signal), ...running]);
    if (!signal.aborted) throw new Error("a loop ended by itself");
  } finally {
    await drain(app, stop);
    loops.abort(new Error("the process stops"));
    await Promise.allSettled([asking]);
    await app.close();
  }
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function runLoop(name: string, running: Promise<void>): Promise<void> {
  try {
    await running;
  } catch (thrown) {
    log.error({ loop: name, error: describeError(thrown) }, "a loop failed");
    throw thrown;
  }
}

/** Ends the event streams first, so that browsers reconnect elsewhere; then lets requests finish, with a limit. */
async function drain(app: PortalApp, stop: AbortController): Promise<void> {
  app.streams.drain();
  const cancel = systemClock.after(drainMs, () => {
    stop.abort(new Error("the process stops"));
    app.server.server.closeAllConnections();
  });
  await app.server.close();
  cancel();
}
