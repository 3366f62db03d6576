import { readTlsFiles, type TlsFiles } from "@careline/platform";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { CONTINUITY_ERRORS, ContinuityError, type ContinuityErrorCode } from "../errors.ts";

/** Who is at the other end, from the certificate that the connection was made with. */
export interface Caller {
  readonly commonName: string;
  /** Role of an operator; empty for processes. */
  readonly unit: string;
}

/** A server that only certificates of the installation's own authority can talk to, over TLS 1.3. */
export function mutualTlsServer(tls: TlsFiles): FastifyInstance {
  const app = fastify({
    https: {
      ...readTlsFiles(tls),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
    },
    bodyLimit: 65_536,
    keepAliveTimeout: 60_000,
    forceCloseConnections: true,
    logger: false,
  }) as unknown as FastifyInstance;
  app.setErrorHandler(async (thrown, _request, reply) => {
    const problem = problemOf(thrown);
    await reply.code(problem.status).type("application/problem+json").send(problem);
  });
  app.setNotFoundHandler(async (_request, reply) => {
    const problem = problemOf(new ContinuityError("NOT_FOUND", "no such route"));
    await reply.code(problem.status).type("application/problem+json").send(problem);
  });
  return app;
}

/** RFC 9457 with `code`; causes stay inside. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ContinuityErrorCode | "INTERNAL";
  readonly detail: string;
  readonly retryable: boolean;
  readonly [extension: string]: unknown;
}

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ContinuityError) {
    const { status, retryable, remedy } = CONTINUITY_ERRORS[thrown.code];
    return {
      type: "about:blank",
      title: remedy,
      status,
      code: thrown.code,
      detail: thrown.message,
      retryable,
      ...thrown.details,
    };
  }
  const status = clientStatusOf(thrown);
  if (status !== null) {
    const { remedy } = CONTINUITY_ERRORS.REQUEST_INVALID;
    const code = "REQUEST_INVALID" as const;
    return { type: "about:blank", title: remedy, status, code, detail: remedy, retryable: false };
  }
  return {
    type: "about:blank",
    title: "This process failed to answer; its log says why.",
    status: 500,
    code: "INTERNAL",
    detail: "internal error",
    retryable: true,
  };
}

/** Fastify's own refusals (no JSON, too large) carry a 4xx status. */
function clientStatusOf(thrown: unknown): number | null {
  const status = thrown instanceof Error && "statusCode" in thrown ? thrown.statusCode : null;
  return typeof status === "number" && status >= 400 && status < 500 ? status : null;
}

interface PeerSocket {
  getPeerCertificate?(): { subject?: { CN?: string | string[]; OU?: string | string[] } };
}

const first = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? "";

export function callerOf(request: FastifyRequest): Caller {
  const socket = request.raw.socket as unknown as PeerSocket;
  const subject = socket.getPeerCertificate?.().subject;
  return { commonName: first(subject?.CN), unit: first(subject?.OU) };
}

/** Errors: NOT_ALLOWED unless the caller's certificate bears one of the names. */
export function requireCaller(request: FastifyRequest, names: readonly string[]): Caller {
  const caller = callerOf(request);
  if (names.includes(caller.commonName)) return caller;
  throw new ContinuityError("NOT_ALLOWED", `not for ${caller.commonName || "a nameless caller"}`);
}
