import type { IncomingMessage, ServerResponse } from "node:http";
import { refuseBytes, type TlsMaterial, usualPatience, uuidV7 } from "@careline/platform";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { PortalError } from "../problems/index.ts";
import { portalErrorFrom } from "../serving/index.ts";
import type { IntakeDeps } from "./request-intake.ts";
import { problemOutgoing, writeOutgoing } from "./write-answer.ts";

export interface HttpServerDeps extends IntakeDeps {
  readonly tls: TlsMaterial;
  readonly trustedProxies: readonly string[];
  /** Headers of every answer: site, confirmed position, request id. */
  readonly commonHeaders: (requestId: string) => Record<string, string>;
}

/** Beyond the front door's own keep-alive, so that it is never this side that closes first. */
const keepAliveMs = 75_000;

/** Fastify as the portal uses it: no HEAD of its own, bodies kept as bytes beside their JSON, every refusal a problem document. */
export function createHttpServer(deps: HttpServerDeps, patience = usualPatience): FastifyInstance {
  const app = Fastify({
    https: {
      cert: deps.tls.cert,
      key: deps.tls.key,
      minVersion: "TLSv1.2",
      handshakeTimeout: patience.handshake,
      headersTimeout: patience.headers,
      connectionsCheckingInterval: patience.look,
      maxHeaderSize: 16_384,
    },
    // Among the server's own options it would not count: Fastify sets this one over it.
    requestTimeout: patience.request,
    logger: false,
    trustProxy: [...deps.trustedProxies],
    exposeHeadRoutes: false,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => {
      reply.hijack();
      answerProblem(reply.raw, frameworkProblem(error), deps);
      request.raw.resume();
    },
    clientErrorHandler: (error, socket) => refuseBytes(error, socket),
  }) as unknown as FastifyInstance;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    const raw = body as Buffer;
    if (raw.length === 0) {
      done(null, { raw, parsed: undefined });
      return;
    }
    try {
      done(null, { raw, parsed: JSON.parse(raw.toString("utf8")) as unknown });
    } catch (cause) {
      done(new PortalError("BODY_MALFORMED", "the body is no JSON", { cause }));
    }
  });
  app.setErrorHandler((error, _request, reply) => {
    reply.hijack();
    answerProblem(reply.raw, frameworkProblem(error), deps);
  });
  return app;
}

function answerProblem(
  response: ServerResponse<IncomingMessage>,
  error: PortalError,
  deps: HttpServerDeps,
): void {
  const requestId = uuidV7(deps.clock.wallNow().getTime(), deps.random);
  // The rest of a refused body is not read: this connection ends with the answer.
  const close: Record<string, string> =
    error.code === "BODY_TOO_LARGE" ? { connection: "close" } : {};
  writeOutgoing(response, problemOutgoing(error, requestId), {
    ...deps.commonHeaders(requestId),
    ...close,
  });
}

/** What the framework refuses before a route is reached. */
function frameworkProblem(thrown: unknown): PortalError {
  const code =
    thrown instanceof Error && "code" in thrown ? String((thrown as FastifyError).code) : "";
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new PortalError("BODY_TOO_LARGE", "the body is too large");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE" || code === "FST_ERR_CTP_EMPTY_TYPE") {
    return new PortalError("MEDIA_TYPE_UNSUPPORTED", "the body is not application/json");
  }
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH")
    return new PortalError("BODY_MALFORMED", "the body has another length");
  if (code.startsWith("FST_ERR_BAD_URL") || code === "FST_ERR_MAX_PARAM_LENGTH") {
    return new PortalError("NOT_FOUND", "the address is malformed");
  }
  return portalErrorFrom(thrown);
}
