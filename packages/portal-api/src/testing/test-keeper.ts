import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import type { IssuedFiles, TestAuthority } from "./test-authority.ts";

/** What the test keeper answers; tests change it while it runs. */
export interface KeeperState {
  permit: { term: number; remainingMs: number } | null;
  reason: string;
  durability: {
    geo: boolean;
    generation: number;
    unprotectedSince: string | null;
    acceptUnprotected: boolean;
  };
  primary: "east" | "west" | null;
}

/**
 * The keeper's side of the permit contract (docs/reference/site-contracts.md) over real HTTPS with client certificates,
 * driven by the test: it decides nothing.
 */
export interface TestKeeper {
  readonly url: string;
  readonly clientTls: IssuedFiles;
  readonly state: KeeperState;
  /** Questions as they came, newest last. */
  readonly questions: { portal: string; question: number; seenChange: number }[];
  readonly change: number;
  /** Changes the state and tells every portal by a change line. */
  announce(changes: Partial<KeeperState>): void;
  /** Resolves when a portal confirmed the newest change. */
  confirmed(): Promise<void>;
  /** While set, answers wait for it. */
  hold: Promise<void> | null;
  stop(): Promise<void>;
}

export async function startTestKeeper(authority: TestAuthority): Promise<TestKeeper> {
  const serverFiles = authority.issue("keeper.east");
  const state: KeeperState = {
    permit: { term: 1, remainingMs: 60_000 },
    reason: "serving",
    durability: { geo: true, generation: 1, unprotectedSince: null, acceptUnprotected: true },
    primary: "east",
  };
  let change = 1;
  const streams = new Set<ServerResponse>();
  const waiting = new Set<() => void>();
  const keeper = {
    hold: null as Promise<void> | null,
    get change() {
      return change;
    },
  };
  const questions: TestKeeper["questions"] = [];

  const server: Server = createServer(
    {
      ca: readFileSync(authority.ca),
      cert: readFileSync(serverFiles.cert),
      key: readFileSync(serverFiles.key),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => void answer(request, response),
  );
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.socket as TLSSocket).getPeerCertificate().subject.CN;
    if (name !== "portal.east" && name !== "portal.west") {
      response.writeHead(403).end();
      return;
    }
    if (request.url?.startsWith("/v1/permit/changes?portal=") === true) {
      streams.add(response);
      response.on("close", () => streams.delete(response));
      response.write(`${JSON.stringify({ change })}\n`);
      return;
    }
    const question = JSON.parse(await readBody(request)) as TestKeeper["questions"][number];
    questions.push(question);
    if (question.seenChange === change) for (const resolve of waiting) resolve();
    const said = structuredClone({ change, ...state });
    if (keeper.hold !== null) await keeper.hold;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ question: question.question, ...said }));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(keeper, {
    url: `https://127.0.0.1:${port}`,
    clientTls: authority.issue("portal.east"),
    state,
    questions,
    announce(changes: Partial<KeeperState>) {
      Object.assign(state, changes);
      change += 1;
      for (const stream of streams) stream.write(`${JSON.stringify({ change })}\n`);
    },
    async confirmed() {
      await new Promise<void>((resolve) => waiting.add(resolve));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
