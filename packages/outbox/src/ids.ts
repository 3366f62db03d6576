/** Randomness as a dependency, so that a test repeats a run from a seed. */
export interface OutboxRandom {
  /** A number in [0, 1). */
  next(): number;
  bytes(count: number): Uint8Array;
}

/** Cryptographically strong randomness, in Node and in browsers. */
export const systemOutboxRandom: OutboxRandom = {
  next: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 4294967296,
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

/**
 * UUIDv7 ids that grow strictly, also within one millisecond and when the wall clock goes back:
 * the outbox sends the writes of one record in the order of their ids.
 */
export class OrderedIds {
  readonly #wallMs: () => number;
  readonly #random: OutboxRandom;
  #lastMs = 0;
  #counter = 0;

  constructor(wallMs: () => number, random: OutboxRandom) {
    this.#wallMs = wallMs;
    this.#random = random;
  }

  /** Every later id will sort after `id`. Called for each stored id when the outbox opens. */
  startAfter(id: string): void {
    const ms = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
    if (Number.isFinite(ms) && ms >= this.#lastMs) {
      this.#lastMs = ms + 1;
      this.#counter = 0;
    }
  }

  next(): string {
    const now = Math.floor(this.#wallMs());
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#counter = 0;
    } else {
      this.#counter += 1;
      if (this.#counter > 0xfff) {
        this.#lastMs += 1;
        this.#counter = 0;
      }
    }
    return formatUuidV7(this.#lastMs, this.#counter, this.#random.bytes(8));
  }
}

/** RFC 9562: 48 bits of milliseconds, 12 bits of counter (method 1 of section 6.2), 62 random bits. */
function formatUuidV7(ms: number, counter: number, noise: Uint8Array): string {
  const time = ms.toString(16).padStart(12, "0");
  const tail = Array.from(noise, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (((noise[0] ?? 0) & 0x3f) | 0x80).toString(16).padStart(2, "0");
  const count = counter.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${tail.slice(2, 4)}-${tail.slice(4, 16)}`;
}
