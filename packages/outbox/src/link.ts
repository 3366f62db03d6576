import type { OutboxClock } from "./clock.ts";
import type { OutboxRandom } from "./ids.ts";
import { backOffMs, type OutboxPolicy } from "./policy.ts";

/** What the outbox knows about its way to a writable region. */
export class Link {
  readonly #clock: OutboxClock;
  readonly #random: OutboxRandom;
  readonly #policy: OutboxPolicy;
  #interruptedAtMs: number | null = null;
  interruptedSince: Date | null = null;
  isPaused = false;
  /** Monotonic time before which nothing is sent. */
  nextAttemptMs = 0;

  constructor(clock: OutboxClock, random: OutboxRandom, policy: OutboxPolicy) {
    this.#clock = clock;
    this.#random = random;
    this.#policy = policy;
  }

  get isInterrupted(): boolean {
    return this.#interruptedAtMs !== null;
  }

  get state(): "ok" | "interrupted" | "paused" {
    if (this.isPaused) return "paused";
    return this.isInterrupted ? "interrupted" : "ok";
  }

  /** No answer, or one that asks to come back. `afterMs`: the server's own wish, where it must be kept. */
  interrupted(afterMs: number | null = null): void {
    const now = this.#clock.monotonicMs();
    if (this.#interruptedAtMs === null) {
      this.#interruptedAtMs = now;
      this.interruptedSince = this.#clock.wallNow();
    }
    const wait = backOffMs(this.#policy, now - this.#interruptedAtMs, this.#random.next());
    this.nextAttemptMs = now + Math.max(wait, afterMs ?? 0);
  }

  /** A region answered. */
  restored(): void {
    this.#interruptedAtMs = null;
    this.interruptedSince = null;
    this.nextAttemptMs = 0;
  }

  pause(): void {
    this.isPaused = true;
  }

  /** The user signed in or unlocked, or the browser says that it is online: try at once. */
  resume(): void {
    this.isPaused = false;
    this.nextAttemptMs = 0;
  }
}
