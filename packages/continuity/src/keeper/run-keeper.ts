import { checkParameters, keys, leaseRecordSchema } from "@careline/continuity-core";
import { type Clock, ConfigError, type Logger, type Random } from "@careline/platform";
import type { KeeperConfig } from "../config.ts";
import { PeerClient } from "../http/index.ts";
import { RegionRedis } from "../redis/index.ts";
import { openStore, parseRecord, QuorumRecords, type QuorumStore } from "../store/index.ts";
import { KeeperDatabase } from "./database.ts";
import { buildKeeperApi } from "./keeper-api.ts";
import { KeeperDriver } from "./keeper-driver.ts";
import { createKeeperMetrics } from "./keeper-metrics.ts";
import { askPromise } from "./promise-client.ts";
import { lockSite } from "./site-lock.ts";

export interface KeeperDeps {
  readonly config: KeeperConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * The keeper of a site until `signal` aborts; then PostgreSQL is stopped cleanly and the term is kept,
 * so that the same region goes on after a restart unless the other one took over.
 */
export async function runKeeper(deps: KeeperDeps, signal: AbortSignal): Promise<void> {
  const { config, clock, log } = deps;
  refuseUnsafe(config, log);
  const lock = await lockSite(config.lockFile, `${config.system}-${config.site}`);
  const ending = new AbortController();
  const store = openStore(config.store, config.system, config.parameters.requestTimeoutMs, clock);
  const otherName = `keeper.${config.site === "east" ? "west" : "east"}`;
  const peer = new PeerClient(config.otherKeeper.url, config.tls, otherName, clock);
  const redis = new RegionRedis(config.redis, clock);
  const metrics = createKeeperMetrics(config.site, clock, (ms) =>
    log.warn({ alarm: "slack-low", leastSlackMs: Math.round(ms) }, "the permit nearly ran out"),
  );
  const driver = new KeeperDriver({
    identity: {
      site: config.site,
      bootId: deps.random.uuid(),
      parameters: config.parameters,
      startedAt: clock.wallNow().toISOString(),
    },
    records: new QuorumRecords(store.channel(), store.channel()),
    redis,
    askPromise: (question, until) =>
      askPromise(peer, question, config.parameters.requestTimeoutMs, until),
    clock,
    log,
    metrics,
    signal: ending.signal,
  });
  const database = new KeeperDatabase({
    config: config.postgres,
    site: config.site,
    clock,
    log,
    emit: (event) => void driver.dispatch(event),
    signal: ending.signal,
  });
  const app = buildKeeperApi({ config, driver, metrics, registry: metrics.registry, clock });
  try {
    driver.start(database);
    await app.listen({ host: config.listen.host, port: config.listen.port });
    log.info({ port: config.listen.port }, "keeper ready");
    await Promise.race([until(signal), followLease(store, driver, clock, ending.signal)]);
  } finally {
    driver.close();
    await database.close(new AbortController().signal);
    ending.abort(new Error("the keeper ends"));
    await app.close();
    await Promise.all([peer.close(), store.close()]);
    redis.close();
    lock.release();
  }
}

/** Renewals and releases are heard at once instead of read at the next round; a broken watch only costs that time. */
async function followLease(
  store: QuorumStore,
  driver: KeeperDriver,
  clock: Clock,
  signal: AbortSignal,
): Promise<never> {
  const channel = store.channel();
  for (;;) {
    try {
      const { storeRevision } = await channel.read([keys.lease], signal);
      for await (const event of channel.watch(keys.lease, storeRevision + 1, signal)) {
        const { key, text, revision } = event;
        if (text === null) continue;
        const record = parseRecord({ key, text, revision }, leaseRecordSchema);
        driver.dispatch({ kind: "lease-heard", lease: { record, revision } });
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
    }
    await clock.sleep(1_000, signal);
  }
}

function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Errors: CONFIG_INVALID for parameters under which two regions could acknowledge, and for the root account. */
function refuseUnsafe(config: KeeperConfig, log: Logger): void {
  if (process.getuid?.() === 0) {
    throw new ConfigError("CONFIG_INVALID", "PostgreSQL's parent must not run as root");
  }
  for (const fault of checkParameters(config.parameters)) {
    if (fault.severity === "safety") throw new ConfigError("CONFIG_INVALID", fault.sentence);
    log.warn({ rule: fault.rule }, fault.sentence);
  }
}
