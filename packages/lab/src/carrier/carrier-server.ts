import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { describeError, type Logger, type Registry, readTlsFiles } from "@careline/platform";
import { carrierCommandSchema } from "@careline/portal-contract/telephony/schemas.ts";
import { ZodError } from "zod";
import type { Carrier } from "./carrier.ts";
import { type CarrierConfig, placeCallBodySchema, streamBodySchema } from "./carrier-config.ts";
import { fictionalCallers } from "./fictional-callers.ts";

const bodyMaxBytes = 16_384;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const ok = (body: unknown): Answer => ({ status: 200, body });
const problem = (status: number, code: string): Answer => ({ status, body: { status, code } });

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyMaxBytes) throw new SyntaxError("body too large");
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

/** Same length first: hashes are compared, so a wrong token takes as long as a right one. */
function isToken(request: IncomingMessage, token: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(request.headers.authorization ?? ""), hash(`Bearer ${token}`));
}

async function answer(
  carrier: Carrier,
  config: CarrierConfig,
  request: IncomingMessage,
): Promise<Answer> {
  const { method } = request;
  const path = new URL(request.url ?? "/", "https://carrier").pathname;
  const command = /^\/v1\/calls\/([^/]{1,100})\/commands$/.exec(path);
  if (method === "POST" && command?.[1] !== undefined) {
    const id = decodeURIComponent(command[1]);
    const applied = carrier.command(id, carrierCommandSchema.parse(await readJson(request)));
    return applied === null ? problem(404, "CALL_UNKNOWN") : ok({ applied });
  }
  switch (`${method} ${path}`) {
    case "GET /v1/calls":
      return ok({ calls: carrier.calls() });
    case "POST /v1/calls": {
      const providerCallId = carrier.place(placeCallBodySchema.parse(await readJson(request)));
      return providerCallId === null ? problem(503, "ENGAGED") : ok({ providerCallId });
    }
    case "PUT /v1/stream":
      carrier.setStream(streamBodySchema.parse(await readJson(request)));
      return ok(carrier.stream);
    case "GET /v1/state":
      return ok({
        stream: carrier.stream,
        callers: fictionalCallers,
        queues: config.queues.map(({ code, name, languages }) => ({ code, name, languages })),
        openCalls: carrier.calls().length,
      });
    default:
      return problem(404, "NOT_FOUND");
  }
}

export interface CarrierServerDeps {
  readonly carrier: Carrier;
  readonly config: CarrierConfig;
  readonly token: string;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Called after each request that may have changed something. */
  readonly onChange: () => void;
}

async function serve(deps: CarrierServerDeps, request: IncomingMessage): Promise<Answer> {
  if (request.method === "GET" && request.url === "/health") return ok({ status: "alive" });
  if (!isToken(request, deps.token)) return problem(401, "TOKEN_REQUIRED");
  try {
    return await answer(deps.carrier, deps.config, request);
  } catch (thrown) {
    if (thrown instanceof ZodError || thrown instanceof SyntaxError || thrown instanceof URIError) {
      return problem(400, "REQUEST_INVALID");
    }
    throw thrown;
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** The carrier's HTTPS API: commands, calls, the stream. Everything but health and metrics needs the token. */
export function createCarrierServer(deps: CarrierServerDeps): Server {
  return createServer(
    { ...readTlsFiles(deps.config.tls), minVersion: "TLSv1.3" },
    (request, response) => {
      void (async () => {
        if (request.method === "GET" && request.url === "/metrics") {
          response.writeHead(200, { "content-type": deps.metrics.contentType });
          response.end(await deps.metrics.metrics());
          return;
        }
        send(response, await serve(deps, request));
        if (request.method !== "GET") deps.onChange();
      })().catch((thrown: unknown) => {
        deps.log.error({ error: describeError(thrown) }, "request failed");
        if (!response.headersSent) send(response, problem(500, "INTERNAL"));
      });
    },
  );
}
