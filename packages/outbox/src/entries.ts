import { OutboxError } from "./errors.ts";
import type { OutboxItem, OutboxState, SealedContent } from "./item.ts";
import type { OutboxStorage, Sealer, StoredItem } from "./ports.ts";
import { type Position, readPosition } from "./position.ts";

/** One waiting write in memory: what is stored, what is inside, and what only this life knows. */
export interface Entry {
  stored: StoredItem;
  /** Null when the seal did not open. */
  content: SealedContent | null;
  keptIn: "storage" | "memory";
  attempts: number;
  /** Answers that asked for a repeat of this write alone. */
  ownRetries: number;
  isSending: boolean;
  /** Monotonic time before which it is not sent again. */
  notBeforeMs: number;
  /** Count of changes at which this entry was last changed by this tab. */
  touched: number;
}

export type EntryChange = Partial<Pick<StoredItem, "state" | "position" | "replays" | "key">> & {
  readonly content?: SealedContent;
};

/** Where the position of an acknowledged entry lies; null for any other entry. */
export function acknowledgedAt(entry: Entry): Position | null {
  return entry.stored.state === "acknowledged" ? readPosition(entry.stored.position) : null;
}

export function toItem(entry: Entry): OutboxItem {
  return {
    id: entry.stored.id,
    key: entry.stored.key,
    createdAt: entry.stored.createdAt,
    write: entry.content?.write ?? null,
    state: stateOf(entry),
    attempts: entry.attempts,
    replays: entry.stored.replays,
    keptIn: entry.keptIn,
  };
}

function stateOf(entry: Entry): OutboxState {
  const { content, stored } = entry;
  if (content === null) return { kind: "unreadable" };
  if (stored.state === "queued" || content.answer === null) {
    return { kind: entry.isSending ? "sending" : "queued" };
  }
  if (stored.state === "conflict") return { kind: "conflict", answer: content.answer };
  return { kind: "acknowledged", position: stored.position ?? "", answer: content.answer };
}

/**
 * The user's waiting writes: memory in front of storage. Storage may fail at any time; then memory
 * goes on, `health` says so, and what storage still holds is an older state of the same write, which
 * is only ever sent again with the same key.
 */
export class Entries {
  readonly #storage: OutboxStorage;
  readonly #sealer: Sealer;
  readonly #owner: string;
  readonly #byId = new Map<string, Entry>();
  readonly #removed = new Set<string>();
  #changes = 0;
  othersWaiting = 0;
  health: "ok" | "full" | "unavailable" = "ok";

  constructor(storage: OutboxStorage, sealer: Sealer, owner: string) {
    this.#storage = storage;
    this.#sealer = sealer;
    this.#owner = owner;
  }

  /** In the order in which they were written. */
  inOrder(): Entry[] {
    return [...this.#byId.values()].sort((a, b) => (a.stored.id < b.stored.id ? -1 : 1));
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  get count(): number {
    return this.#byId.size;
  }

  /**
   * Takes over what storage holds: new writes and decisions of other tabs. What this tab changed
   * while the list was read wins over the list. Returns the ids of all stored items, for `OrderedIds`.
   */
  async load(): Promise<readonly string[]> {
    const before = this.#changes;
    const stored = await this.#try(() => this.#storage.list());
    if (stored === null) return [];
    this.othersWaiting = stored.filter((item) => item.owner !== this.#owner).length;
    const mine = stored.filter((item) => item.owner === this.#owner);
    for (const item of mine) await this.#take(item, before);
    const present = new Set(mine.map((item) => item.id));
    for (const entry of this.#byId.values()) {
      const isGone = !present.has(entry.stored.id) && entry.touched <= before;
      if (isGone && entry.keptIn === "storage") this.#byId.delete(entry.stored.id);
    }
    for (const id of this.#removed) if (!present.has(id)) this.#removed.delete(id);
    return stored.map((item) => item.id);
  }

  async #take(item: StoredItem, before: number): Promise<void> {
    if (this.#removed.has(item.id)) return;
    const known = this.#byId.get(item.id);
    if (known !== undefined && (known.touched > before || known.stored.revision >= item.revision)) {
      return;
    }
    const content = await this.#open(item);
    if (this.#removed.has(item.id)) return;
    this.#byId.set(item.id, {
      stored: item,
      content,
      keptIn: "storage",
      attempts: known?.attempts ?? 0,
      ownRetries: known?.ownRetries ?? 0,
      isSending: known?.isSending ?? false,
      notBeforeMs: 0,
      touched: this.#changes,
    });
  }

  /**
   * Stores a new write. Errors: STORAGE_FULL, STORAGE_UNAVAILABLE, unless `volatile` is "keep": then
   * it is kept in memory only, and says so.
   */
  async add(
    stored: Omit<StoredItem, "sealed">,
    content: SealedContent,
    volatile: "refuse" | "keep",
  ): Promise<Entry> {
    const sealed = await this.#seal(stored.id, content);
    const item: StoredItem = { ...stored, sealed };
    let keptIn: Entry["keptIn"] = "storage";
    try {
      await this.#storage.apply({ put: [item], remove: [] });
      this.health = "ok";
    } catch (thrown) {
      const error = this.#noteFailure(thrown);
      if (volatile === "refuse") throw error;
      keptIn = "memory";
    }
    const entry: Entry = {
      stored: item,
      content,
      keptIn,
      attempts: 0,
      ownRetries: 0,
      isSending: false,
      notBeforeMs: 0,
      touched: this.#touch(),
    };
    this.#byId.set(item.id, entry);
    return entry;
  }

  /** Changes several entries in memory at once, then in storage in one atomic step. */
  async change(changes: readonly (readonly [Entry, EntryChange])[]): Promise<void> {
    for (const [entry, change] of changes) {
      const { content, ...fields } = change;
      entry.stored = { ...entry.stored, ...fields, revision: entry.stored.revision + 1 };
      if (content !== undefined) entry.content = content;
      entry.touched = this.#touch();
    }
    const put: StoredItem[] = [];
    for (const [entry] of changes) {
      const { content } = entry;
      if (content !== null) {
        const sealed = await this.#seal(entry.stored.id, content);
        // Changed again while it was sealed: the later change seals what is true now.
        if (entry.content === content) entry.stored = { ...entry.stored, sealed };
      }
      // Dropped while it was sealed: it must not come back.
      if (entry.keptIn === "storage" && this.#byId.has(entry.stored.id)) put.push(entry.stored);
    }
    if (put.length > 0) await this.#try(() => this.#storage.apply({ put, remove: [] }));
  }

  async remove(entries: readonly Entry[]): Promise<void> {
    const ids = entries.map((entry) => entry.stored.id);
    for (const id of ids) {
      this.#byId.delete(id);
      this.#removed.add(id);
    }
    this.#touch();
    if (ids.length > 0) await this.#try(() => this.#storage.apply({ put: [], remove: ids }));
  }

  #touch(): number {
    this.#changes += 1;
    return this.#changes;
  }

  #seal(id: string, content: SealedContent): Promise<Uint8Array> {
    const plain = new TextEncoder().encode(JSON.stringify(content));
    return this.#sealer.seal(plain, `${this.#owner}/${id}`);
  }

  async #open(item: StoredItem): Promise<SealedContent | null> {
    try {
      const plain = await this.#sealer.open(item.sealed, `${this.#owner}/${item.id}`);
      return JSON.parse(new TextDecoder().decode(plain)) as SealedContent;
    } catch {
      return null;
    }
  }

  async #try<Result>(step: () => Promise<Result>): Promise<Result | null> {
    try {
      const result = await step();
      this.health = "ok";
      return result;
    } catch (thrown) {
      this.#noteFailure(thrown);
      return null;
    }
  }

  #noteFailure(thrown: unknown): OutboxError {
    const error =
      thrown instanceof OutboxError
        ? thrown
        : new OutboxError("STORAGE_UNAVAILABLE", "the store of waiting writes failed", {
            cause: thrown,
          });
    this.health = error.code === "STORAGE_FULL" ? "full" : "unavailable";
    return error;
  }
}
