import { readFileSync } from "node:fs";
import { type Clock, describeError, type Logger, readSecret } from "@careline/platform";
import { createClient, type RedisClientType } from "redis";
import type { PortalConfig } from "../config.ts";
import type { Redis, RedisChannel } from "./redis.ts";

/** Most commands that wait for an answer; beyond it a command counts as failed. */
const commandsMax = 10_000;
/** Between two attempts to connect. */
const reconnectMs = 250;
/** After a failed command the next ones fail at once for this long, so that a hung Redis costs one time-out and not thousands. */
const restMs = 1_000;

export interface RedisDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** The region's Redis over TLS. Away or slow, it answers null; it is never waited for longer than `commandTimeoutMs`. */
export class RedisClient implements Redis {
  readonly #config: PortalConfig["redis"];
  readonly #deps: RedisDeps;
  readonly #client: RedisClientType;
  #restUntilMs = 0;

  constructor(config: PortalConfig["redis"], deps: RedisDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#client = createRedis(config);
    // Each lost connection is one event; commands tell the rest.
    this.#client.on("error", (error) =>
      deps.log.debug({ error: describeError(error) }, "redis connection"),
    );
  }

  /** Starts connecting and keeps at it; does not wait for it. */
  connect(): void {
    this.#client.connect().catch((error: unknown) => {
      this.#deps.log.warn({ error: describeError(error) }, "redis cannot be reached yet");
    });
  }

  get isReachable(): boolean {
    return this.#client.isReady && this.#deps.clock.monotonicMs() >= this.#restUntilMs;
  }

  async get(key: string): Promise<string | null> {
    const value = await this.command(["GET", key]);
    return typeof value === "string" ? value : null;
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.command(["SET", key, value, "PX", String(ttlMs)])) === "OK";
  }

  async delete(...keys: readonly string[]): Promise<boolean> {
    return (await this.command(["DEL", ...keys])) !== null;
  }

  async command(parts: readonly string[]): Promise<unknown> {
    if (!this.isReachable) return null;
    try {
      return await this.#within(this.#client.sendCommand([...parts]));
    } catch (thrown) {
      // A command's own error (a read-only replica, a wrong type) says nothing about the connection.
      if (!isReply(thrown)) this.#restUntilMs = this.#deps.clock.monotonicMs() + restMs;
      this.#deps.log.debug(
        { error: describeError(thrown), command: parts[0] },
        "redis command failed",
      );
      return null;
    }
  }

  /**
   * Subscribes to a channel on a connection of its own. `onLost` is called each time messages may have been missed:
   * after each reconnection.
   */
  subscribe(channel: string, onMessage: (text: string) => void, onLost: () => void): RedisChannel {
    const client = createRedis(this.#config);
    let wasReady = false;
    client.on("error", (error) =>
      this.#deps.log.debug({ error: describeError(error) }, "redis subscription"),
    );
    client.on("ready", () => {
      if (wasReady) onLost();
      wasReady = true;
    });
    client
      .connect()
      .then(() => client.subscribe(channel, onMessage))
      .catch((error: unknown) => {
        this.#deps.log.warn({ error: describeError(error) }, "redis cannot be subscribed to yet");
      });
    return { close: () => client.destroy() };
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #within<T>(answer: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#deps.clock.after(this.#config.commandTimeoutMs, () =>
      reject(new Error(`no answer within ${this.#config.commandTimeoutMs} ms`)),
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      cancel();
    }
  }
}

function createRedis(config: PortalConfig["redis"]): RedisClientType {
  return createClient({
    socket: {
      host: config.host,
      port: config.port,
      tls: true,
      ca: readFileSync(config.ca),
      servername: config.serverName ?? "localhost",
      connectTimeout: 1_000,
      reconnectStrategy: () => reconnectMs,
    },
    password: readSecret(config.passwordFile),
    disableOfflineQueue: true,
    commandsQueueMaxLength: commandsMax,
  });
}

function isReply(thrown: unknown): boolean {
  return (
    (thrown instanceof Error && thrown.constructor.name.endsWith("ErrorReply")) ||
    (thrown instanceof Error && /^[A-Z]{3,} /.test(thrown.message))
  );
}
