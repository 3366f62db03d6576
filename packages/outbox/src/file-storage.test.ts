import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileStorage } from "./file-storage.ts";
import type { StoredItem } from "./ports.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "outbox-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function anItem(id: string): StoredItem {
  return {
    id,
    key: id,
    owner: "user-a",
    revision: 1,
    state: "queued",
    position: null,
    replays: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    sealed: Uint8Array.from([0, 255, 10, 13]),
  };
}

it("keeps what an earlier life stored, byte for byte", async () => {
  const path = join(dir, "outbox");
  await new FileStorage(path).apply({ put: [anItem("1"), anItem("2")], remove: [] });
  await new FileStorage(path).apply({ put: [], remove: ["1"] });
  expect(await new FileStorage(path).list()).toEqual([anItem("2")]);
});

it("makes changes in the order in which they were asked for", async () => {
  const storage = new FileStorage(join(dir, "outbox"));
  const changes = Array.from({ length: 20 }, (_, at) =>
    storage.apply({ put: [{ ...anItem("1"), revision: at }], remove: [] }),
  );
  await Promise.all(changes);
  expect((await storage.list())[0]?.revision).toBe(19);
});

it("says that it is unavailable instead of taking a damaged file for an empty one", async () => {
  const path = join(dir, "outbox");
  writeFileSync(path, '{"id":"1"');
  const storage = new FileStorage(path);
  await expect(storage.list()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await expect(storage.apply({ put: [anItem("2")], remove: [] })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
  });
});
