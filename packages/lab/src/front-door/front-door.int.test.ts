import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ClientHttp2Session, connect as connectH2 } from "node:http2";
import { createServer as createHttps, request, type Server } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { systemClock } from "@careline/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { frontDoorConfig } from "./front-door-config.ts";
import { frontDoorAnswers, plainPage, problemDocument } from "./front-door-pages.ts";

/** A region's portal, as far as the front door can tell. */
interface FakePortal {
  readonly name: string;
  readonly port: number;
  hasPermit: boolean;
  isAlive: boolean;
  /** What it does with a request that is not a check. */
  answer: "well" | "break-off" | "never";
  readonly seen: string[];
  close(): void;
}

let dir = "";
let haproxy: ChildProcess | null = null;
let portals: FakePortal[] = [];
let port = 0;
let plainPort = 0;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "careline-door-"));
  execFileSync(
    "openssl",
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -subj /CN=t -addext subjectAltName=DNS:localhost".split(
      " ",
    ),
    { cwd: dir, stdio: "ignore" },
  );
  writeFileSync(
    join(dir, "b"),
    readFileSync(join(dir, "c"), "utf8") + readFileSync(join(dir, "k")),
  );
  portals = [await aPortal("east"), await aPortal("west")];
});

afterEach(async () => {
  if (haproxy !== null) {
    const ended = new Promise((resolve) => haproxy?.once("exit", resolve));
    haproxy.kill("SIGKILL");
    await ended;
    haproxy = null;
  }
  for (const portal of portals) portal.close();
  rmSync(dir, { recursive: true, force: true });
});

async function aPortal(name: string): Promise<FakePortal> {
  const sockets = new Set<Duplex>();
  const server: Server = createHttps(
    { cert: readFileSync(join(dir, "c")), key: readFileSync(join(dir, "k")) },
    (incoming, outgoing) => {
      const path = incoming.url ?? "";
      if (path === "/health") outgoing.writeHead(portal.hasPermit ? 200 : 503).end();
      else if (path === "/health/alive") outgoing.writeHead(portal.isAlive ? 200 : 503).end();
      else {
        portal.seen.push(`${incoming.method} ${path}`);
        if (portal.answer === "break-off") incoming.socket.destroy();
        if (portal.answer === "well") {
          outgoing.setHeader("content-type", "application/json");
          outgoing.end(JSON.stringify({ site: name, headers: incoming.headers }));
        }
      }
    },
  );
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const portal: FakePortal = {
    name,
    port: typeof address === "object" && address !== null ? address.port : 0,
    hasPermit: false,
    isAlive: true,
    answer: "well",
    seen: [],
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return portal;
}

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function openDoor(): Promise<void> {
  [port, plainPort] = [await aFreePort(), await aFreePort()];
  for (const answer of frontDoorAnswers) {
    writeFileSync(join(dir, `${answer.status}.json`), problemDocument(answer));
    writeFileSync(join(dir, `${answer.status}.html`), plainPage(answer));
  }
  const config = frontDoorConfig({
    port,
    plainPort,
    metricsPort: await aFreePort(),
    bundleFile: join(dir, "b"),
    authorityFile: join(dir, "c"),
    adminSocket: join(dir, "s"),
    regions: portals.map(({ name, port: at }) => ({ name, port: at })),
    answerFile: (status, kind) => join(dir, `${status}.${kind}`),
  });
  writeFileSync(join(dir, "haproxy.cfg"), config);
  haproxy = spawn("haproxy", ["-db", "-f", join(dir, "haproxy.cfg")], { stdio: "ignore" });
  await until(async () => (await ask("/").catch(() => null)) !== null);
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; at?: number } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "localhost",
        port: options.at ?? port,
        path,
        method: options.method ?? "GET",
        headers: options.headers ?? {},
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "",
            headers: response.headers,
            text,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.deadline(8000);
  while (!(await holds())) await systemClock.sleep(25, deadline);
}

async function servedBy(path = "/api/x"): Promise<string> {
  const { status, text } = await ask(path);
  return status === 200 ? (JSON.parse(text) as { site: string }).site : `status ${status}`;
}

const [east, west] = [() => portals[0] as FakePortal, () => portals[1] as FakePortal];

describe("the front door", () => {
  it("sends everyone to the region that holds the permit, and follows it within a second", async () => {
    west().hasPermit = true;
    await openDoor();
    await until(async () => (await servedBy()) === "west");
    west().hasPermit = false;
    east().hasPermit = true;
    const movedMs = systemClock.monotonicMs();
    await until(async () => (await servedBy()) === "east");
    expect(systemClock.monotonicMs() - movedMs).toBeLessThan(1500);
  });

  it("falls back to a region that is alive only while none holds the permit", async () => {
    await openDoor();
    east().isAlive = false;
    await until(async () => (await servedBy()) === "west");
    expect(await servedBy("/")).toBe("west");
  });

  it("answers with a problem document on API paths and with a page elsewhere when no region is there", async () => {
    for (const portal of portals) portal.isAlive = false;
    await openDoor();
    await until(async () => (await ask("/api/x")).status === 503);
    const problem = await ask("/api/x");
    expect(problem.type).toBe("application/problem+json");
    expect(JSON.parse(problem.text)).toMatchObject({ status: 503, code: "NO_REGION" });
    expect(problem.headers["retry-after"]).toBe("1");
    expect(problem.headers["cache-control"]).toBe("no-store");
    const page = await ask("/desk", { headers: { accept: "text/html" } });
    expect([page.status, page.type]).toEqual([503, "text/html"]);
    expect(page.text).toContain("No region answers");
  });

  it("never gives a request to another region once its bytes were sent", async () => {
    east().hasPermit = true;
    west().hasPermit = true;
    east().answer = "break-off";
    await openDoor();
    await until(async () => (await ask("/api/x")).status === 502);
    const seenBefore = east().seen.length;
    const answer = await ask("/api/calls", { method: "POST" });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "FRONT_DOOR_BROKEN" });
    expect(east().seen.length - seenBefore).toBe(1);
    expect(west().seen).not.toContain("POST /api/calls");
  });

  it("ends the sessions of a region that lost its permit, so that nobody waits for it", async () => {
    east().hasPermit = true;
    await openDoor();
    await until(async () => (await servedBy()) === "east");
    east().answer = "never";
    const waiting = ask("/api/slow");
    await until(async () => east().seen.includes("GET /api/slow"));
    east().hasPermit = false;
    expect((await waiting).status).toBeGreaterThanOrEqual(502);
  });

  it("refuses what the outside has no business with", async () => {
    east().hasPermit = true;
    await openDoor();
    await until(async () => (await servedBy()) === "east");
    const page = await ask("/metrics");
    expect([page.status, page.type]).toEqual([403, "text/html"]);
    const traced = await ask("/api/x", { method: "TRACE" });
    expect([traced.status, traced.type]).toEqual([403, "application/problem+json"]);
    expect(JSON.parse(traced.text)).toMatchObject({ code: "FRONT_DOOR_REFUSED" });
    expect(east().seen.some((line) => line.includes("/metrics"))).toBe(false);
  });

  it("tells the portal where a request came from and believes nobody else about it", async () => {
    east().hasPermit = true;
    await openDoor();
    await until(async () => (await servedBy()) === "east");
    const forged = { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" };
    const { text } = await ask("/api/x", { headers: forged });
    const { headers } = JSON.parse(text) as { headers: Record<string, string> };
    expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
    expect(headers["x-forwarded-proto"]).toBe("https");
    expect(headers.forwarded).toBeUndefined();
  });

  it("limits a session that asks too fast, and leaves the others alone", async () => {
    east().hasPermit = true;
    await openDoor();
    await until(async () => (await servedBy()) === "east");
    const session: ClientHttp2Session = connectH2(`https://localhost:${port}`, {
      rejectUnauthorized: false,
    });
    const status = (cookie: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ":path": "/api/x", cookie: `__Host-careline=${cookie}` });
        stream.on("response", (headers) => resolve(Number(headers[":status"])));
        stream.on("error", reject);
        stream.resume();
        stream.end();
      });
    let statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      statuses = await Promise.all(Array.from({ length: 100 }, () => status("hasty")));
    }
    expect(statuses).toContain(429);
    expect(await status("calm")).toBe(200);
    session.destroy();
  });

  it("sends plain HTTP to its own HTTPS address, whatever host was named", async () => {
    east().hasPermit = true;
    await openDoor();
    const { get } = await import("node:http");
    const location = await new Promise<string | undefined>((resolve, reject) => {
      get(
        {
          host: "127.0.0.1",
          port: plainPort,
          path: "/desk?x=1",
          headers: { host: "evil.example" },
        },
        (response) => {
          response.resume();
          resolve(response.headers.location);
        },
      ).on("error", reject);
    });
    expect(location).toBe(`https://localhost:${port}/desk?x=1`);
  });
});
