import { invariant } from "@careline/platform";
import { type RouteDefinition, routes } from "@careline/portal-contract";
import type { FastifyInstance } from "fastify";
import { buildServer } from "./build-server.ts";
import { keepPoolWarm } from "./database/index.ts";
import { buildDomains } from "./domain-handlers.ts";
import { createFieldCipher } from "./encryption/index.ts";
import type { Streams } from "./event-stream/index.ts";
import { type AppDeps, buildFoundation, servingOf } from "./foundation.ts";
import { foundationLoops } from "./foundation-loops.ts";
import { healthHandlers } from "./health/index.ts";
import { identityHandlers } from "./identity/index.ts";
import type { PermitClient } from "./permit/index.ts";
import { PortalError } from "./problems/index.ts";
import type { BackgroundLoop, RegisteredHandler } from "./serving/index.ts";

/** A portal that is put together and not yet listening. */
export interface PortalApp {
  readonly server: FastifyInstance;
  readonly permit: PermitClient;
  readonly streams: Streams;
  /** Run until their signal aborts. */
  readonly loops: readonly BackgroundLoop[];
  /** Opens what runs beside requests: Redis, the event hub. */
  start(): void;
  /** Closes everything that `buildApp` opened, after the server was closed. */
  close(): Promise<void>;
}

/** Puts the portal together: the map of what uses what. */
export async function buildApp(deps: AppDeps): Promise<PortalApp> {
  const { config, clock, random, log } = deps;
  const foundation = buildFoundation(deps);
  const { permit, confirmed, streams, background, spool } = foundation;
  const domains = buildDomains({
    ...foundation,
    config,
    clock,
    random,
    log,
    cipher: createFieldCipher(foundation.keys),
  });
  const handlers = assignHandlers([
    ...healthHandlers({ site: config.site, permit }),
    ...identityHandlers({
      ...foundation,
      site: config.site,
      random,
      session: config.session,
      demo: config.demo,
    }),
    ...domains.handlers,
  ]);
  return {
    server: await buildServer(deps, {
      ...foundation,
      serve: servingOf(foundation),
      handlers,
    }),
    permit,
    streams,
    loops: [
      { name: "confirmed-watch", run: (signal) => confirmed.run(signal) },
      { name: "warm-pool", run: (signal) => keepPoolWarm(foundation.database, clock, signal) },
      ...foundationLoops({
        background,
        permit,
        clock,
        log,
        spool,
        spoolDirectory: config.spoolDirectory,
      }),
      ...domains.loops,
    ],
    start() {
      foundation.redis.connect();
      foundation.events.start();
      streams.start();
    },
    async close() {
      streams.stop();
      foundation.events.stop();
      foundation.redis.close();
      await Promise.allSettled([
        foundation.provider.close(),
        spool.close(),
        foundation.database.close(),
      ]);
    },
  };
}

/** Operation id → handler: exactly one for each route that is served by a handler. Errors: ROUTE_UNSERVED. */
function assignHandlers(
  handlers: readonly RegisteredHandler[],
): ReadonlyMap<string, RegisteredHandler> {
  const byAddress = new Map<string, RegisteredHandler>();
  const address = ({ method, path }: RouteDefinition): string => `${method} ${path}`;
  for (const handler of handlers) {
    invariant(
      !byAddress.has(address(handler.route)),
      `one handler serves ${address(handler.route)}`,
    );
    byAddress.set(address(handler.route), handler);
  }
  const assigned = new Map<string, RegisteredHandler>();
  for (const [name, route] of Object.entries<RouteDefinition>(routes)) {
    if (route.answers === "events") continue;
    const handler = byAddress.get(address(route));
    if (handler === undefined) throw new PortalError("ROUTE_UNSERVED", `no handler serves ${name}`);
    assigned.set(name, handler);
  }
  return assigned;
}
