/**
 * The one place of the screens that reads time and sets timers. Wall time is for people and
 * records; durations use `monotonicMs`.
 */
export interface Clock {
  wallNow(): Date;
  /** Milliseconds since an arbitrary start of this page; never goes back. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms`. */
  deadline(ms: number): AbortSignal;
  /** Calls `tick` each `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
  /** Calls `action` once after `ms` unless the returned function is called first. */
  after(ms: number, action: () => void): () => void;
}

/** The clock of this browser. */
export const browserClock: Clock = {
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
  deadline: (ms) => AbortSignal.timeout(ms),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
