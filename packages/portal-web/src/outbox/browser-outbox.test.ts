import "fake-indexeddb/auto";
import type { OutboxTransport, TransportRequest } from "@careline/outbox";
import {
  createSealingKey,
  MemoryLock,
  Outbox,
  OutboxError,
  webCryptoSealer,
} from "@careline/outbox";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sealedDrafts } from "./drafts.ts";
import { indexedDbStorage, refusingStorage, storageError } from "./indexeddb-storage.ts";
import { type OutboxDatabase, openOutboxDatabase } from "./outbox-database.ts";
import { ownerKey } from "./owner-key.ts";

const ada = "0199aaaa-0000-7000-8000-0000000000aa";
const ben = "0199aaaa-0000-7000-8000-0000000000bb";
const noteWrite = {
  recordKey: "call:1",
  method: "POST",
  path: "/api/calls/1/notes",
  body: { noteText: "Rash since Monday" },
} as const;

let database: OutboxDatabase;
let name: string;

beforeEach(async () => {
  name = `careline-${crypto.randomUUID()}`;
  database = await openOutboxDatabase(name);
});
afterEach(() => database.close());

const nowhere: OutboxTransport = {
  send: () => Promise.reject(new TypeError("no network")),
  terms: () => Promise.reject(new TypeError("no network")),
};

async function outboxOf(owner: string, transport: OutboxTransport = nowhere): Promise<Outbox> {
  const sealer = webCryptoSealer(await ownerKey(database, owner));
  return new Outbox({
    owner,
    storage: indexedDbStorage(database),
    sealer,
    lock: new MemoryLock(),
    transport,
  });
}

it("keeps a write on the disk before it is sent, and finds it again after a reload", async () => {
  const before = await outboxOf(ada);
  await before.add(noteWrite);
  database.close();
  database = await openOutboxDatabase(name);
  const after = await outboxOf(ada);
  await after.add({ ...noteWrite, recordKey: "call:2" });
  expect(after.snapshot().items.map((item) => item.write?.recordKey)).toEqual(["call:1", "call:2"]);
});

it("keeps nothing readable on the disk: neither text nor path", async () => {
  const outbox = await outboxOf(ada);
  await outbox.add(noteWrite);
  const [stored] = await database.getAll("items");
  const bytes = new TextDecoder("latin1").decode(stored?.sealed);
  expect(bytes).not.toContain("Rash");
  expect(JSON.stringify({ ...stored, sealed: null })).not.toContain("/api/calls");
});

it("uses a key that no script can read out", async () => {
  const key = await ownerKey(database, ada);
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
});

it("gives two tabs that start at once the same key", async () => {
  const [first, second] = await Promise.all([ownerKey(database, ada), ownerKey(database, ada)]);
  const sealed = await webCryptoSealer(first).seal(new TextEncoder().encode("x"), "context");
  const opened = await webCryptoSealer(second).open(sealed, "context");
  expect(new TextDecoder().decode(opened)).toBe("x");
});

it("tells another person on the same computer only how many entries wait", async () => {
  const adas = await outboxOf(ada);
  await adas.add(noteWrite);
  const bens = await outboxOf(ben);
  await bens.add({ ...noteWrite, recordKey: "call:9" });
  const { items, othersWaiting } = bens.snapshot();
  expect(othersWaiting).toBe(1);
  expect(items).toHaveLength(1);
  expect(items[0]?.write?.recordKey).toBe("call:9");
});

it("sends what waited once a region answers, in order, and drops it only when it is confirmed", async () => {
  const sent: TransportRequest[] = [];
  let confirmed = "3/0/100";
  const transport: OutboxTransport = {
    send(request) {
      sent.push(request);
      const headers: Record<string, string> = {
        "careline-position": `3/0/20${sent.length}`,
        "careline-confirmed": confirmed,
      };
      return Promise.resolve({ status: 201, body: {}, header: (each) => headers[each] ?? null });
    },
    terms: () => Promise.resolve({ terms: [{ term: 3, lsn: 0n }], confirmed }),
  };
  const outbox = await outboxOf(ada, transport);
  const life = new AbortController();
  const running = outbox.run(life.signal);
  const first = await outbox.add(noteWrite);
  const second = await outbox.add({ ...noteWrite, body: { noteText: "second" } });
  await outbox.outcome(first, life.signal);
  await outbox.outcome(second, life.signal);
  expect(sent.map((request) => request.body)).toEqual([noteWrite.body, { noteText: "second" }]);
  expect(new Set(sent.map((request) => request.headers["idempotency-key"])).size).toBe(2);
  expect(await database.count("items")).toBe(2);
  confirmed = "3/0/300";
  outbox.observeConfirmed(confirmed);
  await expect.poll(() => database.count("items")).toBe(0);
  life.abort();
  await running;
});

it("says that the disk is full, and goes on in memory", async () => {
  const full = storageError(new DOMException("full", "QuotaExceededError"));
  expect(full.code).toBe("STORAGE_FULL");
  const storage = { list: () => Promise.resolve([]), apply: () => Promise.reject(full) };
  const sealer = webCryptoSealer(await createSealingKey());
  const outbox = new Outbox({
    owner: ada,
    storage,
    sealer,
    lock: new MemoryLock(),
    transport: nowhere,
  });
  await expect(outbox.add(noteWrite)).rejects.toBeInstanceOf(OutboxError);
  await outbox.add(noteWrite, { volatile: "keep" });
  expect(outbox.snapshot()).toMatchObject({ storage: "full", waiting: 1 });
  expect(outbox.snapshot().items[0]?.keptIn).toBe("memory");
});

it("works without any storage, and says so", async () => {
  const sealer = webCryptoSealer(await createSealingKey());
  const outbox = new Outbox({
    owner: ada,
    storage: refusingStorage,
    sealer,
    lock: new MemoryLock(),
    transport: nowhere,
  });
  await outbox.add(noteWrite, { volatile: "keep" });
  expect(outbox.snapshot()).toMatchObject({ storage: "unavailable", waiting: 1 });
});

it("keeps drafts sealed for their writer alone", async () => {
  const adas = sealedDrafts(database, webCryptoSealer(await ownerKey(database, ada)), ada);
  await adas.save("note:1", { noteText: "half a sent" });
  expect(await adas.read("note:1")).toEqual({ noteText: "half a sent" });
  expect(await adas.names("note:")).toEqual(["note:1"]);
  const stolen = sealedDrafts(database, webCryptoSealer(await ownerKey(database, ben)), ada);
  expect(await stolen.read("note:1")).toBeNull();
  await adas.remove("note:1");
  expect(await adas.read("note:1")).toBeNull();
});
