import { OutboxError } from "./errors.ts";
import type { OutboxLock, OutboxStorage, StoredItem } from "./ports.ts";

/** Storage in memory: lasts as long as the object. With a stated capacity, so that "full" can be tried. */
export class MemoryStorage implements OutboxStorage {
  readonly #items = new Map<string, StoredItem>();
  readonly #bytesMax: number;

  constructor(bytesMax: number = Number.POSITIVE_INFINITY) {
    this.#bytesMax = bytesMax;
  }

  list(): Promise<readonly StoredItem[]> {
    return Promise.resolve([...this.#items.values()]);
  }

  apply(change: {
    readonly put: readonly StoredItem[];
    readonly remove: readonly string[];
  }): Promise<void> {
    const next = new Map(this.#items);
    for (const id of change.remove) next.delete(id);
    for (const item of change.put) next.set(item.id, item);
    let bytes = 0;
    for (const item of next.values()) bytes += item.sealed.byteLength;
    if (change.put.length > 0 && bytes > this.#bytesMax) {
      return Promise.reject(new OutboxError("STORAGE_FULL", `${bytes} bytes do not fit`));
    }
    for (const id of change.remove) this.#items.delete(id);
    for (const item of change.put) this.#items.set(item.id, item);
    return Promise.resolve();
  }
}

/** A lock within one process, first come first served. */
export class MemoryLock implements OutboxLock {
  readonly #tails = new Map<string, Promise<void>>();

  async hold(name: string, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const tail = before.then(() => released);
    this.#tails.set(name, tail);
    try {
      await Promise.race([before, abortOf(signal)]);
      await task();
    } finally {
      release();
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    }
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
