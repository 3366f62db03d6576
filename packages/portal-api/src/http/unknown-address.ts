import { uuidV7 } from "@careline/platform";
import { type RouteDefinition, routes } from "@careline/portal-contract";
import type { FastifyInstance } from "fastify";
import { PortalError } from "../problems/index.ts";
import type { IntakeDeps } from "./request-intake.ts";
import type { SendScreen } from "./screens.ts";
import { problemOutgoing, writeOutgoing } from "./write-answer.ts";

export interface UnknownAddressDeps extends IntakeDeps {
  readonly sendScreen: SendScreen;
  readonly commonHeaders: (requestId: string) => Record<string, string>;
}

interface Known {
  readonly pattern: RegExp;
  readonly method: string;
}

/** Every address that is served, for telling a wrong method from a wrong address. */
function knownAddresses(): readonly Known[] {
  const extra = ["/health", "/health/alive", "/metrics", "/openapi.json"].map((path) => ({
    path,
    method: "GET",
  }));
  return [...Object.values<RouteDefinition>(routes), ...extra].map(({ path, method }) => ({
    pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}/?$`),
    method,
  }));
}

/** 405 with Allow where another method is served, the screens for a browser's navigation, 404 otherwise. */
export function answerUnknownAddresses(app: FastifyInstance, deps: UnknownAddressDeps): void {
  const known = knownAddresses();
  app.setNotFoundHandler(async (request, reply) => {
    if (deps.sendScreen(request, reply)) return reply;
    reply.hijack();
    const path = request.url.split("?")[0] ?? "";
    const allow = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const error =
      allow.length > 0
        ? new PortalError("METHOD_NOT_ALLOWED", `${request.method} is not served here`, {
            allow: [...new Set(allow)],
          })
        : new PortalError("NOT_FOUND", "no such address");
    const requestId = uuidV7(deps.clock.wallNow().getTime(), deps.random);
    writeOutgoing(reply.raw, problemOutgoing(error, requestId), deps.commonHeaders(requestId));
    return reply;
  });
}
