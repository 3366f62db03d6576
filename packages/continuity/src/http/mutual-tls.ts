import { readTlsFiles, refuseBytes, type TlsFiles, usualPatience } from "@careline/platform";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { CONTINUITY_ERRORS, ContinuityError, type ContinuityErrorCode } from "../errors.ts";

/** Who is at the other end, from the certificate that the connection was made with. */
export interface Caller {
  readonly commonName: string;
  /** Role of an operator; empty for processes. */
  readonly unit: string;
}

/** A server that only certificates of the installation's own authority can talk to, over TLS 1.3. Every refusal is a problem document. */
export function mutualTlsServer(tls: TlsFiles, patience = usualPatience): FastifyInstance {
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
    clientErrorHandler: (error, socket) => refuseBytes(error, socket, problemOfBytes),
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

function problemOfBytes(status: number): string {
  const problem = problemOf(new ContinuityError("REQUEST_INVALID", "no whole HTTP request"));
  return JSON.stringify({ ...problem, status });
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
