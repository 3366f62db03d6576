import { Counter, Histogram, type Registry, readTlsFiles } from "@careline/platform";
import { headerNames } from "@careline/portal-contract";
import type { FastifyInstance } from "fastify";
import type { Streams } from "./event-stream/index.ts";
import type { AppDeps } from "./foundation.ts";
import type { ConfirmedWatch } from "./health/index.ts";
import {
  answerUnknownAddresses,
  createHttpServer,
  serveRoutes,
  serveScreens,
  serviceRoutes,
} from "./http/index.ts";
import type { SessionStore } from "./identity/index.ts";
import type { PermitClient } from "./permit/index.ts";
import type { RegisteredHandler, ServeDeps } from "./serving/index.ts";

export interface ServerParts {
  readonly metrics: Registry;
  readonly permit: PermitClient;
  readonly confirmed: ConfirmedWatch;
  readonly streams: Streams;
  readonly sessions: SessionStore;
  readonly serve: ServeDeps;
  readonly handlers: ReadonlyMap<string, RegisteredHandler>;
}

/** The HTTP server with every route, the screens and the answers to unknown addresses. Does not listen yet. */
export async function buildServer(deps: AppDeps, parts: ServerParts): Promise<FastifyInstance> {
  const { config, clock, random, log, stop } = deps;
  const { metrics, confirmed } = parts;
  const commonHeaders = (requestId: string): Record<string, string> => ({
    [headerNames.site]: config.site,
    [headerNames.confirmed]: confirmed.confirmed,
    ...(requestId === "" ? {} : { [headerNames.requestId]: requestId }),
  });
  const intake = { clock, random, stop };
  const server = createHttpServer({
    ...intake,
    tls: readTlsFiles(config.tls),
    trustedProxies: config.trustedProxies,
    commonHeaders,
  });
  const durations = new Histogram({
    name: "careline_request_seconds",
    help: "Time from the request's first byte parsed to its last byte written, by operation.",
    labelNames: ["operation", "status"] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  const failures = new Counter({
    name: "careline_problems_total",
    help: "Answers that are problem documents, by operation and code.",
    labelNames: ["operation", "code"] as const,
    registers: [metrics],
  });
  serveRoutes(server, parts.handlers, {
    ...intake,
    serving: parts.serve,
    log,
    commonHeaders,
    durations,
    failures,
  });
  serviceRoutes(server, { ...intake, ...parts, site: config.site, commonHeaders });
  const sendScreen =
    config.webDir === null
      ? () => false
      : await serveScreens(server, { webDir: config.webDir, random, commonHeaders });
  answerUnknownAddresses(server, { ...intake, sendScreen, commonHeaders });
  return server;
}
