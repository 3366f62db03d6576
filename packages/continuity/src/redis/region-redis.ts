import { type Clock, readSecret, readTlsFiles } from "@careline/platform";
import { createClient } from "redis";
import type { RedisConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";

export interface RedisState {
  readonly role: "primary" | "replica";
  /** Replication offset: what this server has. */
  readonly offset: number;
  /** A replica's link to its primary is up and the first copy is complete. */
  readonly isLinked: boolean;
  /** A primary's replicas that are connected. */
  readonly replicas: number;
  readonly follows: { readonly host: string; readonly port: number } | null;
}

/** More replicas than there can ever be: a primary that demands them accepts no write. */
const REPLICAS_THAT_NEVER_COME = 1_000;
const COMMAND_WITHIN_MS = 1_000;

/** One region's Redis. Each call has a connection that is made when needed and kept. Errors: CACHE_DOWN. */
export class RegionRedis {
  readonly #config: RedisConfig;
  readonly #clock: Clock;
  #client: ReturnType<typeof connectTo> | null = null;

  constructor(config: RedisConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  async state(signal: AbortSignal): Promise<RedisState> {
    const text = await this.#send(["INFO", "replication"], signal);
    const lines = new Map(
      String(text)
        .split("\r\n")
        .map((line) => line.split(":") as [string, string]),
    );
    const isPrimary = lines.get("role") === "master";
    const offset = isPrimary ? lines.get("master_repl_offset") : lines.get("slave_repl_offset");
    const host = lines.get("master_host");
    return {
      role: isPrimary ? "primary" : "replica",
      offset: Number(offset ?? 0),
      isLinked: lines.get("master_link_status") === "up",
      replicas: Number(lines.get("connected_slaves") ?? 0),
      follows: host === undefined ? null : { host, port: Number(lines.get("master_port") ?? 0) },
    };
  }

  /** Becomes a replica of the other region. Repeating it changes nothing. */
  async follow(signal: AbortSignal): Promise<void> {
    const { host, port } = this.#config.upstream;
    await this.#setting("masterauth", readSecret(this.#config.passwordFile), signal);
    // 5 s by default on the server that is followed, and they dominate a rejoin.
    await this.#setting("repl-diskless-sync-delay", "0", signal);
    await this.#setting("repl-timeout", "5", signal);
    const now = await this.state(signal);
    if (now.role === "replica" && now.follows?.host === host && now.follows.port === port) return;
    await this.#send(["REPLICAOF", host, String(port)], signal);
  }

  /** Becomes a primary that accepts writes and can be followed at once. */
  async promote(signal: AbortSignal): Promise<void> {
    await this.#send(["REPLICAOF", "NO", "ONE"], signal);
    await this.#setting("repl-diskless-sync-delay", "0", signal);
    await this.#setting("min-replicas-to-write", "0", signal);
  }

  /** A primary refuses writes from now on (NOREPLICAS); reads go on. */
  async block(signal: AbortSignal): Promise<void> {
    await this.#setting("min-replicas-to-write", String(REPLICAS_THAT_NEVER_COME), signal);
  }

  async unblock(signal: AbortSignal): Promise<void> {
    await this.#setting("min-replicas-to-write", "0", signal);
  }

  close(): void {
    this.#client?.destroy();
    this.#client = null;
  }

  async #setting(name: string, value: string, signal: AbortSignal): Promise<void> {
    await this.#send(["CONFIG", "SET", name, value], signal);
  }

  async #send(command: readonly string[], signal: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.any([signal, this.#clock.deadline(COMMAND_WITHIN_MS)]);
    let onAbort: (() => void) | undefined;
    try {
      const client = await this.#connected(limit);
      return await Promise.race([
        client.sendCommand([...command]),
        new Promise<never>((_, reject) => {
          onAbort = () => reject(limit.reason as Error);
          limit.addEventListener("abort", onAbort, { once: true });
        }),
      ]);
    } catch (cause) {
      this.close();
      signal.throwIfAborted();
      throw new ContinuityError("CACHE_DOWN", `${command[0]} was not done`, { cause });
    } finally {
      if (onAbort !== undefined) limit.removeEventListener("abort", onAbort);
    }
  }

  async #connected(signal: AbortSignal): Promise<ReturnType<typeof connectTo>> {
    if (this.#client?.isReady) return this.#client;
    this.close();
    const client = connectTo(this.#config);
    this.#client = client;
    // Without a listener an error would end the process; the next call connects anew.
    client.on("error", () => undefined);
    await client.connect();
    signal.throwIfAborted();
    return client;
  }
}

function connectTo(config: RedisConfig) {
  const tls = readTlsFiles(config.tls);
  return createClient({
    password: readSecret(config.passwordFile),
    socket: {
      host: config.listen.host,
      port: config.listen.port,
      tls: true,
      ...tls,
      connectTimeout: COMMAND_WITHIN_MS,
      reconnectStrategy: false,
    },
  });
}
