import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { readTlsFiles, type TlsFiles } from "@careline/platform";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { CONTINUITY_ERRORS, ContinuityError, type ContinuityErrorCode } from "../errors.ts";

/** Who is at the other end, from the certificate that the connection was made with. */
export interface Caller {
  readonly commonName: string;
  /** Role of an operator; empty for processes. */
  readonly unit: string;
}

/** How long somebody may take, in milliseconds, before the connection ends. */
export interface Patience {
  /** Until they have proven who they are: several round trips of a slow link. */
  readonly handshake: number;
  readonly headers: number;
  /** A whole request: the rows of a salvaged copy are megabytes. */
  readonly request: number;
  /** How often the last two are looked at. */
  readonly look: number;
}

const PATIENCE: Patience = { handshake: 10_000, headers: 10_000, request: 30_000, look: 5_000 };

/** A server that only certificates of the installation's own authority can talk to, over TLS 1.3. Every refusal is a problem document. */
export function mutualTlsServer(tls: TlsFiles, patience = PATIENCE): FastifyInstance {
  const app = fastify({
    https: {
      ...readTlsFiles(tls),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
      handshakeTimeout: patience.handshake,
      headersTimeout: patience.headers,
      connectionsCheckingInterval: patience.look,
    },
    requestTimeout: patience.request,
    bodyLimit: 65_536,
    keepAliveTimeout: 60_000,
    forceCloseConnections: true,
    logger: false,
    frameworkErrors: (thrown, _request, reply) => void sendProblem(reply, problemOf(thrown)),
    clientErrorHandler: (error, socket) => refuseBytes(error, socket),
  }) as unknown as FastifyInstance;
  app.setErrorHandler(async (thrown, _request, reply) => sendProblem(reply, problemOf(thrown)));
  answerUnknown(app);
  return app;
}

/** 405 with Allow where another method is served, 404 otherwise. */
function answerUnknown(app: FastifyInstance): void {
  const served: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    const path = new RegExp(`^${url.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
    served.push({ path, methods: [method].flat() });
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    const allow = served.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    if (allow.length === 0) {
      return sendProblem(reply, problemOf(new ContinuityError("NOT_FOUND", "no such route")));
    }
    const refusal = new ContinuityError(
      "METHOD_NOT_ALLOWED",
      `${request.method} is not served here`,
    );
    return sendProblem(reply.header("allow", allow.join(", ")), problemOf(refusal));
  });
}

const PROBLEM_TYPE = "application/problem+json";

async function sendProblem(reply: FastifyReply, problem: Problem): Promise<void> {
  await reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

/** What is no HTTP request, or did not come in time: there is no route to answer it. Ends the connection. */
function refuseBytes(error: Error, socket: Socket): void {
  const code = "code" in error ? String(error.code) : "";
  // Before the handshake is done nothing can be written, and whoever waited for that would keep the connection.
  const isHttp = code.startsWith("HPE_") || code.startsWith("ERR_HTTP_");
  if (!isHttp || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_BYTES[code] ?? 400;
  const problem = problemOf(new ContinuityError("REQUEST_INVALID", "no whole HTTP request"));
  const body = JSON.stringify({ ...problem, status });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}

const STATUS_OF_BYTES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

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
