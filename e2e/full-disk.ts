import type { Page } from "playwright-core";

/** Runs in the page: one write of `size` bytes to a database beside the desk's own; false when the browser has no room for it. */
async function write(size: number): Promise<boolean> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("filler", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("bytes");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const isWritten = await new Promise<boolean>((resolve) => {
    const change = database.transaction("bytes", "readwrite", { durability: "strict" });
    // Random bytes: what compresses takes no room.
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 50_000)
      crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 50_000)));
    change.objectStore("bytes").put(bytes, crypto.randomUUID());
    change.oncomplete = () => resolve(true);
    change.onabort = () => resolve(false);
  });
  database.close();
  return isWritten;
}

/**
 * A small disk, given to `origin` before its page opens: Chromium remembers for minutes how much room there was. `fill` takes what is
 * left until the browser refuses 100 bytes: its own refusal, from its own quota. `empty` gives room again.
 */
export async function smallDisk(
  page: Page,
  origin: string,
): Promise<{ fill(): Promise<void>; empty(): Promise<void> }> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 2_000_000 });
  return {
    async fill() {
      for (const size of [100_000, 10_000, 1_000, 100])
        for (let writes = 0; await page.evaluate(write, size); writes += 1)
          if (writes > 100) throw new Error("the browser knows no quota");
    },
    async empty() {
      await protocol.send("Storage.overrideQuotaForOrigin", { origin });
    },
  };
}
