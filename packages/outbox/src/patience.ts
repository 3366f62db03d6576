import type { OutboxPolicy } from "./policy.ts";

/**
 * How long one client waits for an answer. Giving up throws the region's work away, costs two TLS handshakes and brings the same request
 * again, so a crowd that gives up together keeps a busy region busy: a hundred clients with a fixed limit of 4 s gave up 3,000 times
 * and needed 5 to 100 s to be served by a region that was writable after one. So the wait doubles with each request that went
 * unanswered, and is short again with the first answer. A region that hangs is not waited for so long: the front door ends its
 * connections once the other one serves.
 */
export class Patience {
  readonly #policy: Pick<OutboxPolicy, "attemptMs" | "attemptMostMs">;
  #unanswered = 0;

  constructor(policy: Pick<OutboxPolicy, "attemptMs" | "attemptMostMs">) {
    this.#policy = policy;
  }

  /** Longest wait for the next answer. */
  get limitMs(): number {
    const { attemptMs, attemptMostMs } = this.#policy;
    return Math.min(attemptMs * 2 ** this.#unanswered, Math.max(attemptMs, attemptMostMs));
  }

  answered(): void {
    this.#unanswered = 0;
  }

  /** A request was given up after `limitMs`; several that were sent together count once. */
  unanswered(limitMs: number): void {
    if (limitMs === this.limitMs && limitMs < this.#policy.attemptMostMs) this.#unanswered += 1;
  }
}
