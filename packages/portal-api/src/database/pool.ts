import type { Clock } from "@careline/platform";
import { PortalError } from "../problems/index.ts";
import type { Connection } from "./connection.ts";

export interface PoolOptions {
  readonly size: number;
  /** Longest wait for a connection; then OVERLOADED. */
  readonly waitMs: number;
  /** Most requests that may wait; the next one is refused at once with OVERLOADED. */
  readonly waitersMax: number;
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  readonly clock: Clock;
}

interface Waiter {
  readonly take: (connection: Connection) => void;
  readonly fail: (reason: unknown) => void;
}

/** A fixed number of connections, opened when first needed, given out first come, first served. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: Connection[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #stop = new AbortController();
  /** Connections given out, idle or being opened. */
  #count = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Connections in use and requests that wait, for metrics. */
  get load(): { readonly used: number; readonly waiting: number } {
    return { used: this.#count - this.#idle.length, waiting: this.#waiters.length };
  }

  /** Errors: OVERLOADED (waited too long, or too many wait), DATABASE_UNAVAILABLE, STOPPING; the signal's reason on abort. */
  async acquire(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.#stop.signal.aborted) throw new PortalError("STOPPING", "the pool is closed");
    const idle = this.#takeIdle();
    if (idle !== undefined) return idle;
    if (this.#count < this.#options.size) return this.#open(signal);
    return this.#wait(signal);
  }

  /** Gives a connection back; one that is over is dropped, and a waiter gets a new one. */
  release(connection: Connection): void {
    const isUsable = !connection.isOver && !this.#stop.signal.aborted;
    const waiter = isUsable ? this.#waiters.shift() : undefined;
    if (waiter !== undefined) {
      waiter.take(connection);
    } else if (isUsable) {
      this.#idle.push(connection);
    } else {
      this.#count -= 1;
      if (!connection.isOver) connection.destroy();
      this.#replaceForWaiter();
    }
  }

  /**
   * Opens what the pool lacks, one after another, and lets `prepare` use each before it waits for work.
   * Errors: those of opening and preparing, at the first; STOPPING.
   */
  async fill(
    prepare: (connection: Connection) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    this.#dropOver();
    while (this.#count < this.#options.size && !signal.aborted) {
      if (this.#stop.signal.aborted) throw new PortalError("STOPPING", "the pool is closed");
      const connection = await this.#open(signal);
      try {
        await connection.guard(prepare(connection), signal);
      } finally {
        this.release(connection);
      }
    }
  }

  /** Refuses newcomers and closes what is idle; connections in use are destroyed as they come back. */
  async close(): Promise<void> {
    this.#stop.abort(new PortalError("STOPPING", "the pool is closed"));
    for (const waiter of this.#waiters.splice(0)) waiter.fail(this.#stop.signal.reason);
    const idle = this.#idle.splice(0);
    this.#count -= idle.length;
    await Promise.allSettled(idle.map(async (connection) => connection.close()));
  }

  /** What the server closed while nobody used it. */
  #dropOver(): void {
    const open = this.#idle.filter((connection) => !connection.isOver);
    this.#count -= this.#idle.length - open.length;
    this.#idle.splice(0, this.#idle.length, ...open);
  }

  #takeIdle(): Connection | undefined {
    // Last in, first out: those rarely used can be closed by the server without anybody noticing.
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.isOver) return idle;
      this.#count -= 1;
    }
    return undefined;
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    this.#count += 1;
    try {
      return await this.#options.open(AbortSignal.any([signal, this.#stop.signal]));
    } catch (thrown) {
      this.#count -= 1;
      this.#replaceForWaiter();
      throw thrown;
    }
  }

  #replaceForWaiter(): void {
    const waiter = this.#waiters[0];
    if (waiter === undefined || this.#stop.signal.aborted || this.#count >= this.#options.size)
      return;
    this.#waiters.shift();
    this.#open(this.#stop.signal).then(waiter.take, waiter.fail);
  }

  async #wait(signal: AbortSignal): Promise<Connection> {
    const { waitMs, waitersMax, clock } = this.#options;
    if (this.#waiters.length >= waitersMax) {
      throw new PortalError("OVERLOADED", `${waitersMax} requests wait for the database already`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    let isOver = false;
    const settle = (): void => {
      isOver = true;
      cancelTimer();
      signal.removeEventListener("abort", onAbort);
    };
    const waiter: Waiter = {
      take: (connection) => {
        if (isOver) {
          this.release(connection);
          return;
        }
        settle();
        resolve(connection);
      },
      fail: (reason) => {
        if (isOver) return;
        settle();
        reject(reason);
      },
    };
    const leave = (reason: unknown): void => {
      const place = this.#waiters.indexOf(waiter);
      if (place >= 0) this.#waiters.splice(place, 1);
      waiter.fail(reason);
    };
    const onAbort = (): void => leave(signal.reason);
    const cancelTimer = clock.after(waitMs, () =>
      leave(new PortalError("OVERLOADED", `no database connection within ${waitMs} ms`)),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiters.push(waiter);
    return promise;
  }
}
