/**
 * The one place that reads time. Everything that decides takes a `Clock`, so that it can be
 * simulated. Durations use `monotonicMs`; `wallNow` is for people and records, never for
 * deciding: two machines' wall clocks are not comparable.
 */
export interface Clock {
  wallNow(): Date;
  /** Milliseconds since an arbitrary start in this process; never goes back. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts with DEADLINE_EXCEEDED after `ms`. Its timer does not keep the process alive. */
  deadline(ms: number): AbortSignal;
  /** Calls `tick` each `ms` until the returned stop function is called. Ticks never overlap waits: a late timer fires once. */
  every(ms: number, tick: () => void): () => void;
  /** Calls `action` once after `ms` unless the returned cancel function is called first. */
  after(ms: number, action: () => void): () => void;
}

/** Why a deadline signal aborted. Compare with `signal.reason instanceof DeadlineExceededError`. */
export class DeadlineExceededError extends Error {
  override readonly name = "DeadlineExceededError";
  readonly code = "DEADLINE_EXCEEDED";
  readonly afterMs: number;
  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** The clock of this machine. */
export const systemClock: Clock = {
  wallNow: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  deadline(ms) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DeadlineExceededError(ms)), ms).unref();
    return controller.signal;
  },
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
