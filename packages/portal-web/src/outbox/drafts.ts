import type { Sealer } from "@careline/outbox";
import { browserClock } from "../clock/index.ts";
import type { OutboxDatabase } from "./outbox-database.ts";

/** Drafts of one person on this computer: sealed, so that the next person on it cannot read them. */
export interface Drafts {
  /** Resolves when the draft lies on the disk; rejects with the browser's error when it cannot. */
  save(name: string, content: unknown): Promise<void>;
  /** Null when there is none, or when its seal does not open. */
  read(name: string): Promise<unknown>;
  remove(name: string): Promise<void>;
  /** Names of all drafts that start with `prefix`. */
  names(prefix: string): Promise<readonly string[]>;
}

export function sealedDrafts(database: OutboxDatabase, sealer: Sealer, owner: string): Drafts {
  const idOf = (name: string): string => `${owner}/${name}`;
  return {
    async save(name, content) {
      const id = idOf(name);
      const plain = new TextEncoder().encode(JSON.stringify(content));
      const sealed = await sealer.seal(plain, id);
      const savedAt = browserClock.wallNow().toISOString();
      await database.put("drafts", { id, owner, savedAt, sealed });
    },
    async read(name) {
      const id = idOf(name);
      const stored = await database.get("drafts", id);
      if (stored === undefined) return null;
      try {
        const plain = await sealer.open(stored.sealed, id);
        const content: unknown = JSON.parse(new TextDecoder().decode(plain));
        return content;
      } catch {
        return null;
      }
    },
    async remove(name) {
      await database.delete("drafts", idOf(name));
    },
    async names(prefix) {
      const start = idOf(prefix);
      const keys = await database.getAllKeys("drafts", IDBKeyRange.bound(start, `${start}\uffff`));
      return keys.map((key) => key.slice(owner.length + 1));
    },
  };
}

/** Where the browser refuses storage: drafts then live as long as the page. */
export function volatileDrafts(): Drafts {
  const kept = new Map<string, unknown>();
  return {
    save: (name, content) => Promise.resolve(void kept.set(name, content)),
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    remove: (name) => Promise.resolve(void kept.delete(name)),
    names: (prefix) => Promise.resolve([...kept.keys()].filter((name) => name.startsWith(prefix))),
  };
}
