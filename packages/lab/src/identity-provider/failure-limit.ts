import type { Clock } from "@careline/platform";

const failuresMax = 10;
const withinMs = 300_000;
/** Names that were tried at most at once; the oldest is forgotten first. */
const namesMax = 10_000;

/** Refuses further attempts at an account after ten wrong ones within five minutes. */
export class FailureLimit {
  readonly #failures = new Map<string, number[]>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isReached(login: string): boolean {
    return this.#recent(login).length >= failuresMax;
  }

  noteFailure(login: string): void {
    const recent = [...this.#recent(login), this.#clock.monotonicMs()];
    this.#failures.delete(login);
    this.#failures.set(login, recent);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > namesMax && !oldest.done) this.#failures.delete(oldest.value);
  }

  noteSuccess(login: string): void {
    this.#failures.delete(login);
  }

  #recent(login: string): readonly number[] {
    const since = this.#clock.monotonicMs() - withinMs;
    return (this.#failures.get(login) ?? []).filter((at) => at > since);
  }
}
