import { type AddressInfo, connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { readTlsFiles, systemClock, systemRandom } from "@careline/platform";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestAuthority, type TestAuthority } from "../testing/test-authority.ts";
import { createHttpServer } from "./http-server.ts";

let authority: TestAuthority;
let app: FastifyInstance;

beforeAll(async () => {
  authority = createTestAuthority();
  const deps = {
    clock: systemClock,
    random: systemRandom,
    stop: new AbortController().signal,
    tls: readTlsFiles(authority.issue("portal.east")),
    trustedProxies: [],
    commonHeaders: () => ({}),
  };
  app = createHttpServer(deps, { handshake: 300, headers: 300, request: 300, look: 50 });
  app.post("/echo", async () => "heard");
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await app?.close();
  authority?.remove();
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

it("ends a connection on which nobody finishes the handshake", async () => {
  expect(await heardOn(connect(port(), "127.0.0.1"))).toBe("");
});

it("ends a connection on which a body does not come to its end", async () => {
  const socket = connectTls({ port: port(), host: "127.0.0.1", rejectUnauthorized: false });
  const head = ["POST /echo HTTP/1.1", "Host: x", "Content-Type: application/json"].join("\r\n");
  socket.write(`${head}\r\nContent-Length: 100\r\n\r\n{`);
  expect(await heardOn(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
});
