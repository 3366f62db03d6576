import type { Registry } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Streams } from "../event-stream/index.ts";
import { openApiDocument } from "../openapi/index.ts";
import type { PermitView } from "../permit/index.ts";
import { PortalError } from "../problems/index.ts";
import { portalErrorFrom, type SessionReader } from "../serving/index.ts";
import { type IntakeDeps, takeIn } from "./request-intake.ts";
import { problemOutgoing, securityHeaders, writeOutgoing } from "./write-answer.ts";

export interface ServiceRoutesDeps extends IntakeDeps {
  readonly site: string;
  readonly permit: PermitView;
  readonly metrics: Registry;
  readonly streams: Streams;
  readonly sessions: SessionReader;
  readonly commonHeaders: (requestId: string) => Record<string, string>;
}

/** What is not in the table of routes, or not a request with one answer: health, metrics, the OpenAPI document, the event stream. */
export function serviceRoutes(app: FastifyInstance, deps: ServiceRoutesDeps): void {
  healthRoutes(app, deps);
  const document = JSON.stringify(openApiDocument());
  app.get("/openapi.json", (_request, reply) => plain(reply, deps, 200, document));
  app.get("/metrics", async (_request, reply) => {
    const text = await deps.metrics.metrics();
    return plain(reply, deps, 200, text, deps.metrics.contentType);
  });
  eventRoute(app, deps);
}

function healthRoutes(app: FastifyInstance, deps: ServiceRoutesDeps): void {
  const { site, permit } = deps;
  app.get("/health/alive", (_request, reply) =>
    plain(reply, deps, 200, JSON.stringify({ status: "alive", site })),
  );
  app.get("/health", (_request, reply) => {
    const held = permit.current();
    const status = held === null ? permit.reason : "serving";
    return plain(
      reply,
      deps,
      held === null ? 503 : 200,
      JSON.stringify({ status, site, term: held?.term ?? null }),
    );
  });
}

function plain(
  reply: FastifyReply,
  deps: ServiceRoutesDeps,
  status: number,
  text: string,
  type = "application/json",
): FastifyReply {
  const retry: Record<string, string> = status === 503 ? { "retry-after": "1" } : {};
  return reply
    .code(status)
    .headers({
      ...securityHeaders,
      "cache-control": "no-store",
      "content-type": type,
      ...retry,
      ...deps.commonHeaders(""),
    })
    .send(text);
}

/** `GET /api/events`: admitted like a request, then kept open. */
function eventRoute(app: FastifyInstance, deps: ServiceRoutesDeps): void {
  const handler = { route: routes.watchEvents, run: async () => undefined };
  app.get(routes.watchEvents.path, async (request, reply) => {
    reply.hijack();
    const { incoming, end } = takeIn(request, "watchEvents", handler, deps);
    const common = deps.commonHeaders(incoming.requestId);
    try {
      if (deps.permit.current() === null) {
        throw new PortalError("NOT_DURING_EMERGENCY", "no permit is held", {
          reason: deps.permit.reason,
        });
      }
      const known = await deps.sessions.find(
        incoming.headers,
        incoming.now,
        false,
        incoming.signal,
      );
      if (known.state === "locked")
        throw new PortalError("SESSION_LOCKED", "the session is locked");
      reply.raw.writeHead(200, {
        ...securityHeaders,
        ...common,
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      deps.streams.begin(reply.raw, known, incoming.headers);
    } catch (thrown) {
      writeOutgoing(
        reply.raw,
        problemOutgoing(portalErrorFrom(thrown), incoming.requestId),
        common,
      );
    } finally {
      end();
    }
  });
}
