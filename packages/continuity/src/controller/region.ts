import type { DataSite, LocalPostgres, LocalRedis } from "@careline/continuity-core";
import { type Clock, describeError, type Logger, type Random } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { PostgresCopies, PostgresSql } from "../postgres/index.ts";
import { RegionRedis } from "../redis/index.ts";
import { KeeperClient, type KeeperReport } from "./keeper-client.ts";
import { LocalPostgresObserver } from "./local-postgres-observer.ts";
import { SiteActions } from "./site-actions.ts";
import { TailReporter } from "./tail-report.ts";
import { WriteMeter } from "./write-meter.ts";

/** What a data site's controller has at home: keeper, database, cache. */
export class Region {
  readonly site: DataSite;
  readonly keeper: KeeperClient;
  readonly sql: PostgresSql;
  readonly copies: PostgresCopies;
  readonly cache: RegionRedis;
  readonly observer: LocalPostgresObserver;
  readonly actions: SiteActions;
  readonly meter: WriteMeter;
  readonly #log: Logger;
  #postgres: LocalPostgres | null = null;
  #redis: LocalRedis | null = null;

  constructor(config: ControllerConfig, deps: { clock: Clock; random: Random; log: Logger }) {
    const { region, site } = config;
    if (region === undefined || site === "witness") throw new Error("the witness has no region");
    const { clock, log } = deps;
    this.site = site;
    this.#log = log;
    this.keeper = new KeeperClient(region.keeper.url, config.tls, site, clock);
    this.sql = new PostgresSql(region.postgres, clock);
    this.copies = new PostgresCopies(region.postgres, clock, deps.random);
    this.cache = new RegionRedis(region.redis, clock);
    this.observer = new LocalPostgresObserver({
      config: region.postgres,
      site,
      sql: this.sql,
      clock,
      log,
    });
    this.meter = new WriteMeter(this.sql, clock, log);
    this.actions = new SiteActions({
      site,
      config: region.postgres,
      keeper: this.keeper,
      sql: this.sql,
      copies: this.copies,
      redis: this.cache,
      observer: this.observer,
      tail: new TailReporter({
        config: region.postgres,
        evidenceDir: config.evidenceDir,
        clock,
        log,
      }),
      clock,
      log,
    });
  }

  get postgres(): LocalPostgres | null {
    return this.#postgres;
  }

  get redis(): LocalRedis | null {
    return this.#redis;
  }

  get replayDelayMs(): number | null {
    return this.observer.replayDelayMs;
  }

  async lookKeeper(signal: AbortSignal): Promise<KeeperReport | null> {
    try {
      return await this.keeper.status(signal);
    } catch (thrown) {
      signal.throwIfAborted();
      this.#log.debug({ error: describeError(thrown) }, "the keeper does not answer");
      return null;
    }
  }

  async look(
    keeper: KeeperReport | null,
    otherDataId: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const [postgres, redis] = await Promise.all([
      this.observer.look(keeper, otherDataId, signal),
      this.#lookRedis(signal),
    ]);
    this.#postgres = postgres;
    this.#redis = redis;
  }

  async close(): Promise<void> {
    this.cache.close();
    await Promise.all([this.keeper.close(), this.sql.close()]);
  }

  async #lookRedis(signal: AbortSignal): Promise<LocalRedis> {
    try {
      const { role, offset, isLinked } = await this.cache.state(signal);
      return { role, offset, isLinked };
    } catch {
      signal.throwIfAborted();
      return { role: "down", offset: null, isLinked: false };
    }
  }
}
