import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TlsFiles } from "@careline/platform";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../testing/authority.ts";
import { Trial } from "../testing/trial.ts";
import { mutualTlsServer } from "./mutual-tls.ts";

const trial = new Trial("mutual-tls");
let app: FastifyInstance;
let otto: TlsFiles;

beforeAll(async () => {
  const authority = createAuthority(trial.dir);
  otto = authority.issue("otto", "/CN=operator.otto/OU=operator");
  const patience = { handshake: 300, headers: 300, request: 300, look: 50 };
  app = mutualTlsServer(authority.issue("controller", "/CN=controller.east"), patience);
  app.get("/v1/runs/:id", async () => ({ found: true }));
  app.post("/v1/runs", async () => ({ taken: true }));
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await app?.close();
  await trial.end();
});

const port = (): number => (app.server.address() as AddressInfo).port;

/** Everything that the server says until it ends the connection. */
function heardOn(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("error", () => {
      // A reset ends the connection as well.
    });
    socket.on("close", () => resolve(text));
  });
}

/** Sends bytes as otto and hears the whole answer. */
async function send(bytes: string): Promise<{ line: string; head: string; problem: unknown }> {
  const socket = connectTls({
    port: port(),
    host: "127.0.0.1",
    ca: readFileSync(otto.ca),
    cert: readFileSync(otto.cert),
    key: readFileSync(otto.key),
  });
  socket.write(bytes);
  const [head = "", body = ""] = (await heardOn(socket)).split("\r\n\r\n");
  const isProblem = /^content-type: application\/problem\+json/im.test(head);
  return { line: head.split("\r\n")[0] ?? "", head, problem: isProblem ? JSON.parse(body) : null };
}

const ask = (method: string, path: string): ReturnType<typeof send> =>
  send(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

describe("what a daemon refuses before a route is reached", () => {
  it.each([
    [
      "a method that is not served there",
      () => ask("DELETE", "/v1/runs"),
      405,
      "METHOD_NOT_ALLOWED",
    ],
    ["an address that is not served", () => ask("GET", "/v1/nothing"), 404, "NOT_FOUND"],
    ["an address that cannot be decoded", () => ask("GET", "/v1/runs/%zz"), 400, "REQUEST_INVALID"],
    [
      "an id without end",
      () => ask("GET", `/v1/runs/${"a".repeat(5_000)}`),
      414,
      "REQUEST_INVALID",
    ],
    ["what is no HTTP", () => send("\u0016\u0003 nonsense\r\n\r\n"), 400, "REQUEST_INVALID"],
    [
      "two lengths of one body",
      () =>
        send(
          "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
      400,
      "REQUEST_INVALID",
    ],
    [
      "headers without end",
      () => send(`GET / HTTP/1.1\r\nX: ${"y".repeat(70_000)}\r\n\r\n`),
      431,
      "REQUEST_INVALID",
    ],
    [
      "a request that does not come to its end",
      () =>
        send(
          "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        ),
      408,
      "REQUEST_INVALID",
    ],
  ])("answers %s with a problem document", async (_what, act, status, code) => {
    const { line, problem } = await act();
    expect(line).toContain(` ${status} `);
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toMatch(/FST_|aaaa|%zz/);
  });

  it("names the methods that are served", async () => {
    expect((await ask("DELETE", "/v1/runs/7")).head).toMatch(/^allow: .*GET/im);
  });

  it("ends a connection on which nobody proves who they are", async () => {
    expect(await heardOn(connect(port(), "127.0.0.1"))).toBe("");
  });
});
