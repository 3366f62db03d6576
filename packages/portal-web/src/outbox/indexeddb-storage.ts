import { OutboxError, type OutboxStorage } from "@careline/outbox";
import type { OutboxDatabase } from "./outbox-database.ts";

/** Waiting writes in IndexedDB. `apply` is one strict transaction: on the disk when it resolves. */
export function indexedDbStorage(database: OutboxDatabase): OutboxStorage {
  return {
    async list() {
      try {
        return await database.getAll("items");
      } catch (cause) {
        throw storageError(cause);
      }
    },
    async apply({ put, remove }) {
      try {
        const transaction = database.transaction("items", "readwrite", { durability: "strict" });
        const steps = [
          ...put.map((item) => transaction.store.put(item)),
          ...remove.map((id) => transaction.store.delete(id)),
        ];
        await Promise.all([...steps, transaction.done]);
      } catch (cause) {
        throw storageError(cause);
      }
    },
  };
}

/** For a browser without IndexedDB: every access is refused, and the outbox says so. */
export const refusingStorage: OutboxStorage = {
  list: () => Promise.reject(storageError(null)),
  apply: () => Promise.reject(storageError(null)),
};

/** STORAGE_FULL when the quota is used up, STORAGE_UNAVAILABLE otherwise. */
export function storageError(cause: unknown): OutboxError {
  const isFull = cause instanceof DOMException && cause.name === "QuotaExceededError";
  return isFull
    ? new OutboxError("STORAGE_FULL", "the browser's storage quota is used up", { cause })
    : new OutboxError("STORAGE_UNAVAILABLE", "the browser refused its storage", { cause });
}
