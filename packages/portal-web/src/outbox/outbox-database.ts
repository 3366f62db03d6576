import type { StoredItem } from "@careline/outbox";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** Text that is not finished, sealed like a waiting write. `savedAt` is wall time for the person. */
export interface StoredDraft {
  /** `<owner>/<name>`, e.g. `…/note:<call id>`. */
  readonly id: string;
  readonly owner: string;
  readonly savedAt: string;
  readonly sealed: Uint8Array;
}

interface OutboxSchema extends DBSchema {
  items: { key: string; value: StoredItem };
  drafts: { key: string; value: StoredDraft };
  /** Non-extractable AES-GCM keys by owner: scripts can use them, nothing can read them. */
  keys: { key: string; value: CryptoKey };
}

export type OutboxDatabase = IDBPDatabase<OutboxSchema>;

/** Opens this profile's database of unsent work. Rejects where the browser refuses storage (private window, policy). */
export function openOutboxDatabase(name = "careline-outbox"): Promise<OutboxDatabase> {
  return openDB<OutboxSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore("items", { keyPath: "id" });
      database.createObjectStore("drafts", { keyPath: "id" });
      database.createObjectStore("keys");
    },
    // Another tab wants a newer layout: let it have it; this tab opens again on its next use.
    blocking(_current, _blocked, event) {
      const target = event.target;
      if (target instanceof IDBDatabase) target.close();
    },
  });
}
