import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { describeError } from "@careline/platform";
import { z } from "zod";
import { LabError, labErrors } from "./errors.ts";

const bodyBytesMax = 65_536;

export interface SocketRequest {
  readonly method: string;
  readonly path: string;
  /** Parsed JSON, or undefined without a body. */
  readonly body: unknown;
}

/**
 * Serves JSON over a socket file that only its owner may open. `answer` returns what to send
 * (text is sent as it is); an error is answered with its code, message and remedy.
 */
export async function serveSocket(
  socketPath: string,
  answer: (request: SocketRequest) => unknown,
): Promise<Server> {
  const server = createServer((request, response) => {
    readRequest(request)
      .then(answer)
      .then(
        (body) => send(response, 200, typeof body === "string" ? body : JSON.stringify(body)),
        (thrown: unknown) => refuse(response, thrown),
      );
  });
  rmSync(socketPath, { force: true });
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(mask);
  }
  return server;
}

async function readRequest(request: IncomingMessage): Promise<SocketRequest> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > bodyBytesMax) throw new LabError("BAD_REQUEST", "the body is too long");
  }
  return {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    body: text === "" ? undefined : parseJson(text),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError("BAD_REQUEST", "the body is not JSON", { cause });
  }
}

function refuse(response: ServerResponse, thrown: unknown): void {
  if (thrown instanceof LabError) {
    const { status, remedy } = labErrors[thrown.code];
    send(response, status, JSON.stringify({ code: thrown.code, detail: thrown.message, remedy }));
  } else if (thrown instanceof z.ZodError) {
    const detail = z.prettifyError(thrown);
    send(response, 400, JSON.stringify({ code: "BAD_REQUEST", detail }));
  } else {
    const detail = describeError(thrown);
    send(response, 500, JSON.stringify({ code: "INTERNAL", detail }));
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(body);
}
