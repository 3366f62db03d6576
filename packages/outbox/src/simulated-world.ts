import type { OutboxClock } from "./clock.ts";
import type { OutboxRandom } from "./ids.ts";
import type { MemoryStorage } from "./memory.ts";
import type {
  OutboxStorage,
  OutboxTransport,
  Sealer,
  StoredItem,
  TransportAnswer,
  TransportRequest,
} from "./ports.ts";
import { formatPosition, type TermStart } from "./position.ts";

/** A clock that stands still until told; promises settle between its steps. */
export class VirtualClock implements OutboxClock {
  #nowMs = 0;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  wallNow(): Date {
    return new Date(1_700_000_000_000 + this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener(
        "abort",
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > end) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settle();
    }
    this.#nowMs = end;
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Repeats from a seed (mulberry32). */
export function seeded(seed: number): OutboxRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  };
}

/** Seals nothing: the property is about order and loss, and must not depend on a thread pool. */
export const openSealer: Sealer = {
  seal: (plain) => Promise.resolve(plain),
  open: (sealed) => Promise.resolve(sealed),
};

interface Applied {
  readonly key: string;
  readonly record: string;
  readonly value: unknown;
  readonly lsn: bigint;
}

const never = new AbortController().signal;

/** Two regions with a log each, a network that loses and delays, and the rules of the portal's answers. */
export class World implements OutboxTransport {
  readonly clock: VirtualClock;
  readonly #random: OutboxRandom;
  log: Applied[] = [];
  term = 1;
  starts: TermStart[] = [{ term: 1, lsn: 0n }];
  #lsn = 100n;
  /** What the standby has flushed; null without a standby. */
  standbyLsn: bigint | null = 100n;
  isReplicating = true;
  isWritable = true;
  isReachable = true;
  lossPercent = 0;

  constructor(clock: VirtualClock, random: OutboxRandom) {
    this.clock = clock;
    this.#random = random;
  }

  replicate(): void {
    if (this.isReplicating && this.standbyLsn !== null) this.standbyLsn = this.#lsn;
  }

  /** The primary's region dies; the standby takes over with what it has, alone until `rejoin`. */
  failover(): void {
    if (this.standbyLsn === null) return;
    const startLsn = this.standbyLsn;
    this.log = this.log.filter((applied) => applied.lsn <= startLsn);
    this.term += 1;
    this.starts = [...this.starts, { term: this.term, lsn: startLsn }];
    this.#lsn = startLsn + 50n;
    this.standbyLsn = null;
  }

  rejoin(): void {
    this.standbyLsn = this.#lsn;
    this.isReplicating = true;
  }

  async send(request: TransportRequest, signal: AbortSignal): Promise<TransportAnswer> {
    const answered = this.#deliver(request);
    return Promise.race([answered, rejectOnAbort(signal)]);
  }

  /** Goes on although nobody waits any more: a request may arrive long after its sender gave up. */
  async #deliver(request: TransportRequest): Promise<TransportAnswer> {
    await this.clock.sleep(this.#delayMs(), never);
    if (this.#isLost()) return new Promise(() => {});
    const answer = this.#serve(request);
    await this.clock.sleep(this.#delayMs(), never);
    if (this.#isLost()) throw new Error("connection reset");
    return answer;
  }

  #serve(request: TransportRequest): TransportAnswer {
    if (!this.isWritable) return this.#answer(503, "WRITES_PAUSED");
    const key = request.headers["idempotency-key"] ?? "";
    const after = request.headers["careline-after"];
    if (after !== undefined && !after.startsWith(`${this.term}/`)) {
      // The list may fail to come with it.
      const terms = this.#random.next() < 0.5 ? this.#termsBody() : {};
      return this.#answer(409, "TERM_CHANGED", terms);
    }
    if (!this.log.some((applied) => applied.key === key)) {
      const { record, value } = request.body as { record: string; value: unknown };
      this.#lsn += 10n;
      this.log.push({ key, record, value, lsn: this.#lsn });
    } else {
      this.#lsn += 2n;
    }
    return this.#answer(200, null);
  }

  /** As `GET /terms` answers it. */
  #termsBody(): object {
    const textOf = (lsn: bigint): string => formatPosition({ term: 0, lsn }).slice(2);
    return {
      terms: this.starts.map(({ term, lsn }) => ({ term, startLsn: textOf(lsn) })),
    };
  }

  #answer(status: number, code: string | null, more: object = {}): TransportAnswer {
    const position = formatPosition({ term: this.term, lsn: this.#lsn });
    const confirmed = formatPosition({ term: this.term, lsn: this.standbyLsn ?? 0n });
    const headers: Record<string, string> = { "careline-confirmed": confirmed };
    if (status === 200) headers["careline-position"] = position;
    return { status, header: (name) => headers[name] ?? null, body: { code, ...more } };
  }

  async terms(): Promise<{ terms: readonly TermStart[]; confirmed: string }> {
    await this.clock.sleep(this.#delayMs(), never);
    if (this.#isLost()) throw new Error("connection reset");
    const terms = this.starts;
    const confirmed = formatPosition({ term: this.term, lsn: this.standbyLsn ?? 0n });
    await this.clock.sleep(this.#delayMs(), never);
    return { terms, confirmed };
  }

  #delayMs(): number {
    // One in twenty takes longer than an attempt may.
    return this.#random.next() < 0.05 ? 6_000 * this.#random.next() : 60 * this.#random.next();
  }

  #isLost(): boolean {
    return !this.isReachable || this.#random.next() * 100 < this.lossPercent;
  }
}

/** Storage that takes time, and whose owner may die before or after a change is made. */
export class SlowStorage implements OutboxStorage {
  readonly kept: MemoryStorage;
  #last: Promise<void> = Promise.resolve();
  readonly #clock: VirtualClock;
  readonly #random: OutboxRandom;
  readonly #onRemove: (ids: readonly string[]) => void;
  readonly #isDead: () => boolean;

  constructor(
    kept: MemoryStorage,
    clock: VirtualClock,
    random: OutboxRandom,
    isDead: () => boolean,
    onRemove: (ids: readonly string[]) => void,
  ) {
    this.kept = kept;
    this.#clock = clock;
    this.#random = random;
    this.#isDead = isDead;
    this.#onRemove = onRemove;
  }

  async list(): Promise<readonly StoredItem[]> {
    await this.#clock.sleep(this.#random.next() * 5, never);
    return this.kept.list();
  }

  apply(change: {
    readonly put: readonly StoredItem[];
    readonly remove: readonly string[];
  }): Promise<void> {
    // Changes of one store happen in the order in which they were asked for.
    const done = this.#last.then(async () => {
      await this.#pass();
      this.#onRemove(change.remove);
      await this.kept.apply(change);
      await this.#pass();
    });
    this.#last = done;
    return done;
  }

  /** Time passes; a life that ended meanwhile does nothing more. */
  async #pass(): Promise<void> {
    await this.#clock.sleep(this.#random.next() * 5, never);
    if (this.#isDead()) await new Promise(() => {});
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
