import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  keys,
  type LocalPostgres,
  type LocalRedis,
  type Site,
  type SiteRecord,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { settingsDigest } from "../postgres/index.ts";
import type { StoreChannel } from "../store/index.ts";
import type { KeeperReport } from "./keeper-client.ts";

/** A heartbeat's record vanishes this long after its controller; ages are measured by observers, not by this. */
const LEASE_TTL_SECONDS = 30;
const CERTIFICATE_AGE_MAX_MS = 60_000;
const DAY_MS = 86_400_000;

export interface BeatFacts {
  readonly keeper: KeeperReport | null;
  readonly postgres: LocalPostgres | null;
  readonly replayDelayMs: number | null;
  readonly redis: LocalRedis | null;
  readonly sees: readonly Site[];
  /** Since this site saw the primary's portal hold a permit; null: not lately. */
  readonly primarySeenAgeMs: number | null;
  readonly busyWith: string | null;
  /** Of a primary; see `SiteRecord`. */
  readonly written: SiteRecord["written"];
  readonly openCalls: number | null;
}

export interface SiteBeatDeps {
  readonly config: ControllerConfig;
  readonly version: string;
  readonly bootId: string;
  readonly channel: StoreChannel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes `sites/<site>`: what the other sites and people see of this one. Nothing for safety rests on it. */
export class SiteBeat {
  readonly #deps: SiteBeatDeps;
  #lease: string | null = null;
  #beat = 0;
  #certificate = { daysLeft: null as number | null, atMs: Number.NEGATIVE_INFINITY };

  constructor(deps: SiteBeatDeps) {
    this.#deps = deps;
  }

  /** One beat; a failure is only logged, because observers notice silence themselves. */
  async beat(facts: BeatFacts, signal: AbortSignal): Promise<void> {
    const { channel, config, log } = this.#deps;
    try {
      if (this.#lease === null || !(await channel.keepAlive(this.#lease, signal))) {
        this.#lease = await channel.grantLease(LEASE_TTL_SECONDS, signal);
      }
      this.#beat += 1;
      const value = this.record(facts);
      const key = keys.site(config.site);
      await channel.txn([], [{ kind: "put", key, value, lease: this.#lease }], signal, []);
    } catch (thrown) {
      signal.throwIfAborted();
      log.debug({ error: describeError(thrown) }, "no heartbeat");
    }
  }

  record(facts: BeatFacts): SiteRecord {
    const { config, clock } = this.#deps;
    const { postgres, redis, keeper } = facts;
    return {
      site: config.site,
      controllerBootId: this.#deps.bootId,
      keeperBootId: keeper?.bootId ?? null,
      version: this.#deps.version,
      beat: this.#beat,
      postgres:
        postgres === null
          ? null
          : {
              state: stateOf(facts),
              dataId: postgres.dataId,
              timeline: postgres.timeline,
              lsn: postgres.endLsn,
              replayDelayMs: facts.replayDelayMs,
            },
      redis: redis === null ? null : { role: redis.role, offset: redis.offset },
      written: facts.written ?? null,
      openCalls: facts.openCalls,
      diskFreeBytes: postgres?.freeBytes ?? null,
      certificateDaysLeft: this.#certificateDaysLeft(),
      settingsDigest: config.region === undefined ? null : settingsDigest(config.region.postgres),
      sees: [...facts.sees],
      seesPrimaryServing: facts.primarySeenAgeMs !== null,
      primarySeenAgeMs: facts.primarySeenAgeMs,
      reportedAt: clock.wallNow().toISOString(),
    };
  }

  #certificateDaysLeft(): number | null {
    const { config, clock } = this.#deps;
    const now = clock.monotonicMs();
    if (now - this.#certificate.atMs < CERTIFICATE_AGE_MAX_MS) return this.#certificate.daysLeft;
    const files = [config.tls.cert, config.store.tls.cert, config.region?.postgres.serverTls.cert];
    const days = files.flatMap((file) => (file === undefined ? [] : [this.#daysLeft(file)]));
    this.#certificate = { daysLeft: Math.min(...days), atMs: now };
    return this.#certificate.daysLeft;
  }

  #daysLeft(file: string): number {
    const until = new X509Certificate(readFileSync(file)).validToDate.getTime();
    return (until - this.#deps.clock.wallNow().getTime()) / DAY_MS;
  }
}

type PostgresStateName = NonNullable<SiteRecord["postgres"]>["state"];

function stateOf({ keeper, busyWith }: BeatFacts): PostgresStateName {
  if (busyWith === "clone") return "cloning";
  if (busyWith !== null) return "rewinding";
  switch (keeper?.postgres) {
    case "primary":
      return "primary";
    case "standby":
      return "standby";
    case "starting-primary":
    case "starting-standby":
      return "starting";
    case "down":
    case "stopping":
    case undefined:
      return "down";
  }
}
