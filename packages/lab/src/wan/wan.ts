import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Random } from "@careline/platform";
import { LabError } from "../errors.ts";
import { type Place, places } from "../layout/index.ts";
import { readConnectRequest } from "./connect-request.ts";
import { Link } from "./link.ts";
import { relay } from "./relay.ts";
import type { WanAnswer, WanCommand, WanConfig } from "./wan-config.ts";

const noDelay = { latencyMs: 0, jitterMs: 0, bandwidthKbps: null };

/** All links, listeners and proxies of the lab's wide-area network. */
export class Wan {
  readonly #links = new Map<string, Link>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #config: WanConfig;
  readonly #clock: Clock;

  constructor(config: WanConfig, clock: Clock, random: Random) {
    this.#config = config;
    this.#clock = clock;
    for (const from of places) {
      for (const to of places) {
        if (from === to) continue;
        const chosen = config.links.find((link) => link.from === from && link.to === to);
        const link = new Link(from, to, chosen?.settings ?? noDelay, clock, random);
        this.#links.set(`${from}>${to}`, link);
      }
    }
  }

  /** Listens on every route and proxy; rejects when a port cannot be had. */
  async listen(): Promise<void> {
    const routes = this.#config.routes.map((route) =>
      this.#serve(route.listenPort, (caller) =>
        this.#relay(caller, route.from, route.to, route.targetPort),
      ),
    );
    const proxies = this.#config.proxies.map((proxy) =>
      this.#serve(proxy.listenPort, (caller) => {
        void readConnectRequest(caller, this.#clock).then(
          (authority) => {
            const target = proxy.targets.find((each) => each.authority === authority);
            if (target === undefined) {
              caller.end("HTTP/1.1 403 Forbidden\r\n\r\n");
              return;
            }
            caller.write("HTTP/1.1 200 Connection established\r\n\r\n");
            this.#relay(caller, proxy.from, target.to, target.targetPort);
          },
          () => caller.destroy(),
        );
      }),
    );
    await Promise.all([...routes, ...proxies]);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  /** Carries out a command and answers with the state of all links. Errors: UNKNOWN_LINK. */
  apply(command: WanCommand): WanAnswer {
    if (command.kind === "heal-all") {
      for (const link of this.#links.values()) link.heal();
      return this.answer();
    }
    const there = this.#link(command.from, command.to);
    const links = command.both ? [there, this.#link(command.to, command.from)] : [there];
    for (const link of links) {
      switch (command.kind) {
        case "set":
          link.change(definedOnly(command.settings));
          break;
        case "cut":
          link.cut();
          break;
        case "stall":
          link.stall(command.forMs);
          break;
        case "heal":
          link.heal();
          break;
        case "reset":
          link.resetAll();
          break;
      }
    }
    return this.answer();
  }

  answer(): WanAnswer {
    return {
      effectiveAt: this.#clock.wallNow().toISOString(),
      links: [...this.#links.values()].map((link) => link.status()),
    };
  }

  #link(from: Place, to: Place): Link {
    const link = this.#links.get(`${from}>${to}`);
    if (link === undefined) throw new LabError("UNKNOWN_LINK", `there is no link ${from} > ${to}`);
    return link;
  }

  #relay(caller: Socket, from: Place, to: Place, targetPort: number): void {
    const options = { forth: this.#link(from, to), back: this.#link(to, from), targetPort };
    relay(caller, { ...options, clock: this.#clock });
  }

  #serve(port: number, accept: (caller: Socket) => void): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (caller) => {
      this.#sockets.add(caller);
      caller.once("close", () => this.#sockets.delete(caller));
      // A lane listens too; this one covers the moments before and after it.
      caller.on("error", () => caller.destroy());
      accept(caller);
    });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: "127.0.0.1", backlog: 1024 }, () => resolve());
    });
  }
}

function definedOnly<T extends object>(partial: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(partial).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
