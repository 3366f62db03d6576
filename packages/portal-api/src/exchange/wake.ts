import type { Clock } from "@careline/platform";

/** Lets one waiter sleep until its time is up or somebody calls, whichever comes first. A call while nobody waits is kept. */
export class Wake {
  #isCalled = false;
  #wakeUp: () => void = () => undefined;

  call(): void {
    this.#isCalled = true;
    this.#wakeUp();
  }

  /** Resolves after `ms`, at a call, or when `signal` aborts; leaves no timer and no listener behind. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (!this.#isCalled && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(ms, resolve);
      this.#wakeUp = resolve;
      signal.addEventListener("abort", this.#wakeUp, { once: true });
      await promise;
      cancel();
      signal.removeEventListener("abort", this.#wakeUp);
      this.#wakeUp = () => undefined;
    }
    this.#isCalled = false;
  }
}
