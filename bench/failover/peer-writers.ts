import { randomUUID } from "node:crypto";
import { type ClientOutage, clientOutages, worstOutage } from "@careline/lab/ledger/index.ts";
import { type Clock, systemClock } from "@careline/platform";
import postgres from "postgres";
import type { PeerHost } from "./peer.ts";

/** A statement or a connection that takes longer is given up, and the next host is tried. */
const patienceMs = 1_000;
const pauseMs = 100;

interface Acked {
  readonly client: string;
  readonly key: string;
  readonly receivedAtMs: number;
}

/**
 * Closed-loop writers with a list of hosts, as a driver with `target_session_attrs=read-write` behaves: one connection each, the next
 * host after any failure. They keep what was acknowledged, and retry a failed write under the same key.
 */
export class PeerWriters {
  readonly #hosts: readonly PeerHost[];
  readonly #clock: Clock = systemClock;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[];
  readonly acked: Acked[] = [];
  errors = 0;

  constructor(hosts: readonly PeerHost[], count: number) {
    this.#hosts = hosts;
    this.#running = Array.from({ length: count }, (_, at) => this.#write(`writer-${at + 1}`));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** When every writer was acknowledged after `sinceMs`. */
  isServed(sinceMs: number): boolean {
    const fresh = this.acked.filter((ack) => ack.receivedAtMs > sinceMs);
    return new Set(fresh.map((ack) => ack.client)).size === this.#running.length;
  }

  outage(faultAtMs: number, untilMs: number): ClientOutage | null {
    return worstOutage(clientOutages(this.acked as never, faultAtMs, untilMs));
  }

  async #write(client: string): Promise<void> {
    const { signal } = this.#stopping;
    let at = 0;
    let connection: ReturnType<typeof postgres> | null = null;
    let key = randomUUID();
    while (!signal.aborted) {
      const host = this.#hosts[at % this.#hosts.length];
      if (host === undefined) return;
      connection ??= postgres({
        host: host.direct,
        port: host.port,
        user: "postgres",
        database: "bench",
        max: 1,
        connect_timeout: patienceMs / 1_000,
        onnotice: () => {},
      });
      try {
        await this.#within(
          connection`insert into acknowledged (key, client) values (${key}, ${client}) on conflict (key) do nothing`,
        );
        this.acked.push({ client, key, receivedAtMs: this.#clock.monotonicMs() });
        key = randomUUID();
        await this.#clock.sleep(pauseMs);
      } catch {
        this.errors += 1;
        void connection.end({ timeout: 0 }).catch(() => {});
        connection = null;
        at += 1;
        await this.#clock.sleep(50);
      }
    }
    await connection?.end({ timeout: 1 });
  }

  #within<Result>(work: PromiseLike<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(patienceMs, () => reject(new Error("no answer in time")));
      work.then(resolve, reject).then(cancel, cancel);
    });
  }
}
