import { type Counter, describeError, type Histogram, type Logger } from "@careline/platform";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PortalError } from "../problems/index.ts";
import {
  portalErrorFrom,
  type RegisteredHandler,
  type ServeDeps,
  serve,
} from "../serving/index.ts";
import { type IntakeDeps, takeIn } from "./request-intake.ts";
import { problemOutgoing, writeAnswer, writeOutgoing } from "./write-answer.ts";

export interface ServeRoutesDeps extends IntakeDeps {
  readonly serving: ServeDeps;
  readonly log: Logger;
  readonly commonHeaders: (requestId: string) => Record<string, string>;
  readonly durations: Histogram<"operation" | "status">;
  readonly failures: Counter<"operation" | "code">;
}

const bodyLimitBytes = 65_536;

/** Serves every handler at its route. `names` are the operation ids, from the table of routes. */
export function serveRoutes(
  app: FastifyInstance,
  handlers: ReadonlyMap<string, RegisteredHandler>,
  deps: ServeRoutesDeps,
): void {
  for (const [operation, handler] of handlers) {
    const { route } = handler;
    app.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.bodyLimitBytes ?? bodyLimitBytes,
      handler: (request, reply) => answer(request, reply, operation, handler, deps),
    });
  }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: string,
  handler: RegisteredHandler,
  deps: ServeRoutesDeps,
): Promise<void> {
  // The bytes are written here, not by Fastify: its hooks and streams would come between the permit check and the socket.
  reply.hijack();
  const { incoming, end } = takeIn(request, operation, handler, deps);
  const stopTimer = deps.durations.startTimer({ operation });
  let status: number;
  try {
    const finish = await serve(incoming, deps.serving);
    status = writeAnswer(
      reply.raw,
      finish,
      incoming.requestId,
      deps.commonHeaders(incoming.requestId),
    ).status;
  } catch (thrown) {
    const error = portalErrorFrom(incoming.signal.aborted ? incoming.signal.reason : thrown);
    logFailure(error, operation, incoming.requestId, deps);
    const outgoing =
      handler.route.answers === "redirect"
        ? { status: 303, headers: { location: `/sign-in?problem=${error.code}` }, body: null }
        : problemOutgoing(error, incoming.requestId);
    writeOutgoing(reply.raw, outgoing, deps.commonHeaders(incoming.requestId));
    ({ status } = outgoing);
  } finally {
    end();
  }
  stopTimer({ status: String(status) });
}

/** Once, here. What a client did wrong is counted only; what went wrong here is logged with its causes. */
function logFailure(
  error: PortalError,
  operation: string,
  requestId: string,
  deps: ServeRoutesDeps,
): void {
  deps.failures.inc({ operation, code: error.code });
  const facts = { operation, requestId, error: describeError(error) };
  if (error.code === "INTERNAL") deps.log.error(facts, "request failed");
  else if (error.code === "DATABASE_UNAVAILABLE" || error.code === "OUTCOME_UNKNOWN")
    deps.log.warn(facts, "request failed");
  else deps.log.debug(facts, "request refused");
}
