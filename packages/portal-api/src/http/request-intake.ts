import type { Clock, Random } from "@careline/platform";
import { uuidV7 } from "@careline/platform";
import type { FastifyRequest } from "fastify";
import { PortalError } from "../problems/index.ts";
import type { Incoming, RegisteredHandler } from "../serving/index.ts";

/** Longest a request may take, database and identity provider included. */
export const requestMs = 12_000;

export interface BodyParts {
  readonly raw: Uint8Array;
  readonly parsed: unknown;
}

export interface Intake {
  readonly incoming: Incoming;
  /** Stops the timer and the watching of the socket. */
  readonly end: () => void;
}

export interface IntakeDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the process stops for good. */
  readonly stop: AbortSignal;
}

/** Turns Fastify's request into what the serving path takes, with a signal that aborts when the client leaves. */
export function takeIn(
  request: FastifyRequest,
  operation: string,
  handler: RegisteredHandler,
  deps: IntakeDeps,
): Intake {
  const now = deps.clock.wallNow();
  const leaving = new AbortController();
  const { socket } = request.raw;
  const onClose = (): void => leaving.abort(new PortalError("CLIENT_LEFT", "the client left"));
  socket.once("close", onClose);
  const cancelTimer = deps.clock.after(requestMs, () =>
    leaving.abort(new PortalError("TIMED_OUT", `no answer within ${requestMs} ms`)),
  );
  const onStop = (): void => leaving.abort(new PortalError("STOPPING", "the process stops"));
  deps.stop.addEventListener("abort", onStop, { once: true });
  const body = request.body as BodyParts | null | undefined;
  const agent = request.headers["user-agent"];
  return {
    incoming: {
      operation,
      handler,
      route: handler.route,
      requestId: uuidV7(now.getTime(), deps.random),
      now,
      method: request.method,
      url: request.url,
      ipAddress: request.ip,
      userAgent: agent ?? null,
      headers: request.headers,
      params: request.params,
      query: request.query,
      body: body?.parsed,
      rawBody: body?.raw ?? null,
      signal: leaving.signal,
    },
    end: () => {
      socket.off("close", onClose);
      deps.stop.removeEventListener("abort", onStop);
      cancelTimer();
    },
  };
}
