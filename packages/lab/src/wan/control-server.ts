import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { describeError, type Registry } from "@careline/platform";
import { LabError, labErrors } from "../errors.ts";
import type { Wan } from "./wan.ts";
import { wanCommandSchema } from "./wan-config.ts";

const bodyBytesMax = 65_536;

/**
 * The WAN's control over a socket file that only the lab's owner may open.
 * `GET /links` and `POST /commands` answer a WanAnswer, `GET /metrics` Prometheus text.
 */
export function createControlServer(wan: Wan, metrics: Registry): Server {
  return createServer((request, response) => {
    answer(wan, metrics, request).then(
      (body) => send(response, 200, body),
      (thrown: unknown) => {
        const code = thrown instanceof LabError ? thrown.code : "BAD_REQUEST";
        const { status, remedy } = labErrors[code];
        send(response, status, JSON.stringify({ code, detail: describeError(thrown), remedy }));
      },
    );
  });
}

async function answer(wan: Wan, metrics: Registry, request: IncomingMessage): Promise<string> {
  if (request.method === "GET" && request.url === "/metrics") return metrics.metrics();
  if (request.method === "GET" && request.url === "/links") return JSON.stringify(wan.answer());
  if (request.method === "POST" && request.url === "/commands") {
    return JSON.stringify(wan.apply(wanCommandSchema.parse(JSON.parse(await readBody(request)))));
  }
  throw new LabError("BAD_REQUEST", `nothing answers ${request.method} ${request.url}`);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += String(chunk);
    if (body.length > bodyBytesMax) throw new LabError("BAD_REQUEST", "the body is too long");
  }
  return body;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body);
}
