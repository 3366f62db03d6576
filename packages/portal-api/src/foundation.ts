import {
  type Clock,
  createMetrics,
  Gauge,
  type Logger,
  type Random,
  type Registry,
} from "@careline/platform";
import type { PortalConfig } from "./config.ts";
import { Database } from "./database/index.ts";
import { AuditSpool, serveEmergencyRead } from "./emergency-reads/index.ts";
import { KeyRing } from "./encryption/index.ts";
import { DeskSigns, EventHub, Streams } from "./event-stream/index.ts";
import { ConfirmedWatch } from "./health/index.ts";
import { IdentityProvider, SessionStore } from "./identity/index.ts";
import { PermitClient } from "./permit/index.ts";
import { RedisClient } from "./redis/index.ts";
import {
  createBackgroundWrites,
  RateLimiter,
  type ServeDeps,
  type ServingDeps,
} from "./serving/index.ts";
import { TermList } from "./terms/index.ts";

export interface AppDeps {
  readonly config: PortalConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Aborts when what is under way must end. */
  readonly stop: AbortSignal;
}

export type Foundation = ReturnType<typeof buildFoundation>;

/** Everything that handlers and loops stand on. Opens no socket by itself. */
export function buildFoundation({ config, clock, random, log }: AppDeps) {
  const { site } = config;
  const bootId = random.uuid();
  const metrics = createMetrics("portal-api", site);
  const keys = KeyRing.read(config.keysFile);
  const database = new Database(config.database, clock);
  const redis = new RedisClient(config.redis, { clock, log });
  const permit = new PermitClient(config.keeper, { clock, log, bootId });
  const events = new EventHub({ bootId, clock, log, permit, redis });
  const sessions = new SessionStore({
    database,
    redis,
    clock,
    lockAfterMs: config.session.lockAfterMs,
  });
  const confirmed = new ConfirmedWatch({ database, clock, log });
  const signs = new DeskSigns(redis, bootId);
  const streams = new Streams({
    hub: events,
    signs,
    sessions,
    clock,
    random,
    permit,
    site,
    confirmed: () => confirmed.confirmed,
    onConfirmed: (listener) => confirmed.onMove(listener),
  });
  const terms = new TermList(database, clock);
  const serving: ServingDeps = {
    site,
    clock,
    random,
    log,
    database,
    permit,
    terms,
    keys,
    events,
    sessions,
    publicOrigins: config.publicOrigins,
  };
  observe(metrics, permit, database, streams);
  return {
    serving,
    metrics,
    keys,
    database,
    redis,
    permit,
    events,
    sessions,
    confirmed,
    streams,
    signs,
    background: createBackgroundWrites({ site, clock, random, log, database, permit, events }),
    provider: new IdentityProvider(config.identity, config.publicOrigins[0] ?? "", log),
    spool: new AuditSpool(config.spoolDirectory, bootId),
  };
}

/** What `serve` works with. */
export function servingOf(foundation: Foundation): ServeDeps {
  const { serving, spool, permit, redis } = foundation;
  const emergency = { ...serving, spool, lostPermitAgoMs: () => permit.lostAgoMs };
  return {
    ...serving,
    limiter: new RateLimiter(redis, serving.clock),
    serveEmergency: (incoming) => serveEmergencyRead(incoming, emergency),
  };
}

function observe(
  metrics: Registry,
  permit: PermitClient,
  database: Database,
  streams: Streams,
): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(read());
      },
    });
  };
  gauge(
    "careline_permit_remaining_seconds",
    "Time left of the write permit; 0 without one.",
    () => (permit.current()?.remainingMs ?? 0) / 1_000,
  );
  gauge(
    "careline_permit_term",
    "Term of the write permit; 0 without one.",
    () => permit.current()?.term ?? 0,
  );
  gauge("careline_protected", "1 while geo commits wait for the other region.", () =>
    permit.durability.geo ? 1 : 0,
  );
  gauge(
    "careline_database_connections_used",
    "Database connections in use.",
    () => database.pool.load.used,
  );
  gauge(
    "careline_database_waiting",
    "Requests that wait for a database connection.",
    () => database.pool.load.waiting,
  );
  gauge("careline_event_streams", "Open event streams.", () => streams.count);
}
