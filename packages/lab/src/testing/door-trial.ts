import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttps, request } from "node:https";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import { tellHaproxy } from "../door-guard/index.ts";
import {
  frontDoorAnswers,
  frontDoorConfig,
  frontDoorScript,
  plainPage,
  problemDocument,
} from "../front-door/index.ts";

/** A region's portal, as far as the front door can tell. */
export interface FakePortal {
  readonly name: "east" | "west";
  readonly port: number;
  /** Term of the permit that it holds; null: none. */
  term: number | null;
  isAlive: boolean;
  /** What it does with a request that is not a check. */
  answer: "well" | "break-off" | "never";
  readonly seen: string[];
  /** Connections that were made to it, the checks' own included. */
  connections: number;
  /** New connections are accepted and then neither read nor answered, as by a process that a crowd keeps busy; kept ones go on. */
  isBusy: boolean;
  /** Nothing is answered any more, also on kept connections, as if the process were stopped. */
  hang(): void;
  /** Nobody listens any more, and what was open breaks. */
  close(): void;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** For tests: a real HAProxy before two portals that do as they are told. */
export class DoorTrial {
  readonly dir: string;
  readonly east: FakePortal;
  readonly west: FakePortal;
  port = 0;
  plainPort = 0;
  #haproxy: ChildProcess | null = null;

  private constructor(dir: string, east: FakePortal, west: FakePortal) {
    this.dir = dir;
    this.east = east;
    this.west = west;
  }

  static async begin(): Promise<DoorTrial> {
    const dir = mkdtempSync(join(tmpdir(), "careline-door-"));
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
    return new DoorTrial(dir, await aPortal(dir, "east"), await aPortal(dir, "west"));
  }

  get authorityFile(): string {
    return join(this.dir, "c");
  }

  get adminSocket(): string {
    return join(this.dir, "s");
  }

  /** Starts HAProxy as the lab configures it, and waits until it answers. */
  async open(): Promise<void> {
    const { dir } = this;
    [this.port, this.plainPort] = [await aFreePort(), await aFreePort()];
    for (const answer of frontDoorAnswers) {
      writeFileSync(join(dir, `${answer.status}.json`), problemDocument(answer));
      writeFileSync(join(dir, `${answer.status}.html`), plainPage(answer));
    }
    const config = frontDoorConfig({
      port: this.port,
      plainPort: this.plainPort,
      metricsPort: await aFreePort(),
      bundleFile: join(dir, "b"),
      authorityFile: this.authorityFile,
      adminSocket: this.adminSocket,
      scriptFile: join(dir, "script.lua"),
      regions: [this.east, this.west].map(({ name, port }) => ({ name, port })),
      answerFile: (status, kind) => join(dir, `${status}.${kind}`),
    });
    writeFileSync(join(dir, "script.lua"), frontDoorScript);
    writeFileSync(join(dir, "haproxy.cfg"), config);
    this.#haproxy = spawn("haproxy", ["-db", "-f", join(dir, "haproxy.cfg")], { stdio: "ignore" });
    await until(async () => (await this.ask("/").catch(() => null)) !== null);
  }

  async end(): Promise<void> {
    const haproxy = this.#haproxy;
    if (haproxy !== null) {
      const ended = new Promise((resolve) => haproxy.once("exit", resolve));
      haproxy.kill("SIGKILL");
      await ended;
    }
    this.east.close();
    this.west.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  ask(
    path: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "localhost",
          port: this.port,
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

  /** Sends the head and the first bytes of a body and then nothing; resolves how to break it off when the door has taken them. */
  async stall(path: string, length: number, bytes: number): Promise<() => void> {
    const sent = request({
      host: "localhost",
      port: this.port,
      path,
      method: "POST",
      headers: { "content-length": length },
      rejectUnauthorized: false,
      agent: false,
    });
    sent.on("error", () => {});
    await new Promise<void>((resolve) => sent.write(Buffer.alloc(bytes), () => resolve()));
    return () => sent.destroy();
  }

  /**
   * Name of the region that answers, or the status when none does; "broken" when the door ended the session of a region that
   * it marked down in this very moment.
   */
  async servedBy(path = "/api/x"): Promise<string> {
    const answer = await this.ask(path).catch(() => null);
    if (answer === null) return "broken";
    const { status, text } = answer;
    return status === 200 ? (JSON.parse(text) as { site: string }).site : `status ${status}`;
  }

  /** How often HAProxy marked a region of the pool down since it began. */
  async timesDown(region: "east" | "west"): Promise<number> {
    const table = await tellHaproxy(this.adminSocket, "show stat", systemClock.deadline(2_000));
    const [head = "", ...rows] = table.split("\n").map((line) => line.split(","));
    const column = head.indexOf("chkdown");
    const row = rows.find(([pool, server]) => pool === "permit_api" && server === region);
    return Number(row?.[column]);
  }
}

/** Asks each 25 ms, for 8 s at most. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.deadline(8_000);
  while (!(await holds())) await systemClock.sleep(25, deadline);
}

async function aPortal(dir: string, name: "east" | "west"): Promise<FakePortal> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createHttps(
    { cert: readFileSync(join(dir, "c")), key: readFileSync(join(dir, "k")) },
    (incoming, outgoing) => {
      if (isHanging) return;
      const path = incoming.url ?? "";
      if (path === "/health") {
        outgoing.writeHead(portal.term === null ? 503 : 200);
        outgoing.end(JSON.stringify({ term: portal.term }));
      } else if (path === "/health/alive") outgoing.writeHead(portal.isAlive ? 200 : 503).end();
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
  // Connections go through this server's hands, so that they can be left lying without a handshake.
  const gate = createServer((socket) => {
    sockets.add(socket);
    portal.connections += 1;
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    if (!portal.isBusy && !isHanging) server.emit("connection", socket);
  });
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
  const address = gate.address();
  const portal: FakePortal = {
    name,
    port: typeof address === "object" && address !== null ? address.port : 0,
    term: null,
    isAlive: true,
    answer: "well",
    seen: [],
    connections: 0,
    isBusy: false,
    hang: () => {
      isHanging = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      gate.close();
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
