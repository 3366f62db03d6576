import type { Clock } from "@careline/platform";
import { PortalError } from "../problems/index.ts";
import type { Redis } from "../redis/index.ts";
import type { Incoming } from "./exchange.ts";

/** Requests allowed in one window. People stay far below; a loop gone wild does not. */
export interface RateLimits {
  readonly windowMs: number;
  readonly perSession: number;
  /** For callers without a session, by address. Many desks can share one address. */
  readonly perAddress: number;
}

export const defaultRateLimits: RateLimits = {
  windowMs: 10_000,
  perSession: 600,
  perAddress: 6_000,
};

/** Most names counted in this process while Redis is away. */
const localNamesMax = 50_000;

/**
 * Limits requests per session or address in fixed windows, counted in Redis so that all portals of the region share the count
 * (HCC-RED-10). While Redis is away each process counts by itself: a caller gets at most as many times more as there are processes.
 */
export class RateLimiter {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #limits: RateLimits;
  #local = new Map<string, number>();
  #localWindow = 0;

  constructor(redis: Redis, clock: Clock, limits: RateLimits = defaultRateLimits) {
    this.#redis = redis;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Errors: RATE_LIMITED with the seconds until the window ends. */
  async admit(incoming: Incoming, sessionId: string | null): Promise<void> {
    const { windowMs, perSession, perAddress } = this.#limits;
    const limit = sessionId === null ? perAddress : perSession;
    const wallMs = incoming.now.getTime();
    const window = Math.floor(wallMs / windowMs);
    const name = sessionId === null ? `a:${incoming.ipAddress}` : `s:${sessionId}`;
    const count = (await this.#countInRedis(`rate:${name}:${window}`)) ?? this.#countHere(name);
    if (count <= limit) return;
    const retryAfterSeconds = Math.ceil(((window + 1) * windowMs - wallMs) / 1_000);
    throw new PortalError("RATE_LIMITED", `more than ${limit} in ${windowMs} ms`, {
      retryAfterSeconds,
    });
  }

  #countHere(name: string): number {
    const window = Math.floor(this.#clock.monotonicMs() / this.#limits.windowMs);
    if (window !== this.#localWindow || this.#local.size > localNamesMax) {
      this.#localWindow = window;
      this.#local = new Map();
    }
    const count = (this.#local.get(name) ?? 0) + 1;
    this.#local.set(name, count);
    return count;
  }

  async #countInRedis(key: string): Promise<number | null> {
    // Both in one packet; the expiry is set with the key, so that none is left without one.
    const expiry = String(this.#limits.windowMs * 2);
    const [, count] = await Promise.all([
      this.#redis.command(["SET", key, "0", "PX", expiry, "NX"]),
      this.#redis.command(["INCR", key]),
    ]);
    return typeof count === "number" ? count : null;
  }
}
