import { afterEach, expect, it } from "vitest";
import { OutboxError } from "./errors.ts";
import type { OutboxWrite } from "./item.ts";
import { MemoryLock, MemoryStorage } from "./memory.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { OutboxTransport, TabMessage, TabSignals, TransportRequest } from "./ports.ts";
import { createSealingKey, webCryptoSealer } from "./sealer.ts";

const life = { current: new AbortController() };
afterEach(() => {
  life.current.abort();
  life.current = new AbortController();
});

type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

/** A front door that answers as the test says and remembers what it was asked. */
class ScriptedDoor implements OutboxTransport {
  readonly requests: TransportRequest[] = [];
  answer: (request: TransportRequest, count: number) => Answer = () => acknowledged("1/0/10");

  send(request: TransportRequest): ReturnType<OutboxTransport["send"]> {
    this.requests.push(request);
    const { status, headers = {}, body = null } = this.answer(request, this.requests.length);
    return Promise.resolve({ status, header: (name) => headers[name] ?? null, body });
  }

  questions = 0;

  terms(): ReturnType<OutboxTransport["terms"]> {
    this.questions += 1;
    return Promise.resolve({ terms: [], confirmed: null });
  }
}

function acknowledged(position: string, etag?: string): Answer {
  const headers: Record<string, string> = { "careline-position": position };
  if (etag !== undefined) headers.etag = etag;
  return { status: 200, headers, body: { ok: true } };
}

/** BroadcastChannel within the test. */
function tabsOfOneProfile(): () => TabSignals {
  const listeners = new Map<object, (message: TabMessage) => void>();
  return () => {
    const self = {};
    return {
      announce: (message) => {
        for (const [owner, hear] of listeners) if (owner !== self) hear(message);
      },
      subscribe: (listener) => {
        listeners.set(self, listener);
        return () => listeners.delete(self);
      },
    };
  };
}

async function anOutbox(options: Partial<OutboxOptions> = {}): Promise<Outbox> {
  return new Outbox({
    owner: "user-a",
    storage: new MemoryStorage(),
    sealer: webCryptoSealer(await createSealingKey()),
    transport: new ScriptedDoor(),
    lock: new MemoryLock(),
    policy: { backOffFirstMs: 1, confirmAfterMs: 5 },
    ...options,
  });
}

const note = (recordKey: string, more: Partial<OutboxWrite> = {}): OutboxWrite => ({
  recordKey,
  method: "POST",
  path: "/api/notes",
  body: { text: "left knee" },
  ...more,
});

async function until(outbox: Outbox, holds: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (holds()) resolve();
  };
  const stop = outbox.subscribe(look);
  look();
  await promise;
  stop();
}

it("stores a write before it is sent, and what is stored cannot be read", async () => {
  const storage = new MemoryStorage();
  const outbox = await anOutbox({ storage });
  await outbox.add(note("call:1", { body: { text: "left knee" } }));
  const [stored] = await storage.list();
  expect(stored?.state).toBe("queued");
  const bytes = new TextDecoder("latin1").decode(stored?.sealed);
  expect(bytes).not.toContain("knee");
  expect(JSON.stringify({ ...stored, sealed: null })).not.toContain("call:1");
});

it("keeps an acknowledged write until the other region confirms its position, and no earlier", async () => {
  const outbox = await anOutbox();
  void outbox.run(life.current.signal);
  const id = await outbox.add(note("call:1"));
  expect((await outbox.outcome(id, life.current.signal)).kind).toBe("acknowledged");
  outbox.observeConfirmed("1/0/F");
  expect(outbox.snapshot().unconfirmed).toBe(1);
  outbox.observeConfirmed("1/0/10");
  await until(outbox, () => outbox.snapshot().items.length === 0);
});

it.each([
  ["0/10", ["first", "second", "second"]],
  ["0/F", ["first", "second", "first", "second"]],
])(
  "goes on at once when the refusal of a newer term brings the list of terms, which began at %s",
  async (startLsn, sent) => {
    const door = new ScriptedDoor();
    const terms = [
      { term: 1, startLsn: "0/1" },
      { term: 2, startLsn },
    ];
    door.answer = (_request, count) => {
      if (count === 1) return acknowledged("1/0/10");
      if (count > 2) return acknowledged("2/0/20");
      const headers = { "careline-confirmed": "2/0/0" };
      return { status: 409, headers, body: { code: "TERM_CHANGED", terms } };
    };
    const outbox = await anOutbox({ transport: door, policy: { confirmAfterMs: 60_000 } });
    void outbox.run(life.current.signal);
    const first = await outbox.add(note("call:1", { body: "first" }));
    await outbox.outcome(first, life.current.signal);
    const second = await outbox.add(note("call:1", { body: "second" }));
    await outbox.outcome(second, life.current.signal);
    expect(door.requests.map(({ body }) => body)).toEqual(sent);
    expect(door.questions).toBe(0);
  },
);

it("shows a refused write with the server's version, blocks its record only, and sends the user's decision under a new key", async () => {
  const door = new ScriptedDoor();
  door.answer = ({ body }) =>
    (body as { text: string }).text === "stale"
      ? { status: 412, body: { code: "STALE_VERSION", current: { text: "theirs" } } }
      : acknowledged("1/0/10");
  const outbox = await anOutbox({ transport: door });
  void outbox.run(life.current.signal);
  const refused = await outbox.add(note("patient:1", { body: { text: "stale" } }));
  const behind = await outbox.add(note("patient:1", { body: { text: "after" } }));
  const elsewhere = await outbox.add(note("patient:2", { body: { text: "other" } }));
  expect((await outbox.outcome(elsewhere, life.current.signal)).kind).toBe("acknowledged");
  expect(await outbox.outcome(refused, life.current.signal)).toMatchObject({
    kind: "conflict",
    answer: { code: "STALE_VERSION", body: { current: { text: "theirs" } } },
  });
  const waiting = outbox.snapshot().items.find((item) => item.id === behind);
  expect(waiting?.state.kind).toBe("queued");
  await outbox.replace(refused, { body: { text: "merged" }, ifMatch: '"9"' });
  await outbox.outcome(behind, life.current.signal);
  const sent = door.requests.map((request) => (request.body as { text: string }).text);
  expect(sent.slice(-2)).toEqual(["merged", "after"]);
  const keys = door.requests.map((request) => request.headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(keys.length);
});

it("gives an edit made on top of a waiting one the version that the earlier answer had", async () => {
  const door = new ScriptedDoor();
  door.answer = (_request, count) => acknowledged(`1/0/${count}`, `"${count + 3}"`);
  const outbox = await anOutbox({ transport: door });
  await outbox.add(note("patient:1", { ifMatch: '"3"' }));
  const second = await outbox.add(note("patient:1", { ifMatch: '"3"', followsPrevious: true }));
  void outbox.run(life.current.signal);
  await outbox.outcome(second, life.current.signal);
  expect(door.requests.map((request) => request.headers["if-match"])).toEqual(['"3"', '"4"']);
});

it("says that storage is full and refuses, or keeps the write in memory if asked to", async () => {
  const outbox = await anOutbox({ storage: new MemoryStorage(10) });
  await expect(outbox.add(note("call:1"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(outbox.snapshot()).toMatchObject({ storage: "full", waiting: 0 });
  void outbox.run(life.current.signal);
  const id = await outbox.add(note("call:1"), { volatile: "keep" });
  expect(outbox.snapshot().items[0]?.keptIn).toBe("memory");
  expect((await outbox.outcome(id, life.current.signal)).kind).toBe("acknowledged");
});

it("refuses more than its stated maximum instead of growing without end", async () => {
  const outbox = await anOutbox({ policy: { itemsMax: 2 } });
  await outbox.add(note("call:1"));
  await outbox.add(note("call:1"));
  await expect(outbox.add(note("call:1"))).rejects.toThrow(OutboxError);
});

it("counts another user's items and neither opens nor sends them", async () => {
  const storage = new MemoryStorage();
  const door = new ScriptedDoor();
  const sealer = webCryptoSealer(await createSealingKey());
  const first = await anOutbox({ storage, transport: door, sealer });
  await first.add(note("call:1"));
  const second = await anOutbox({ storage, transport: door, sealer, owner: "user-b" });
  void second.run(life.current.signal);
  await until(second, () => second.snapshot().othersWaiting === 1);
  expect(second.snapshot().items).toEqual([]);
  expect(door.requests).toEqual([]);
});

it("keeps a write whose key is gone, says so, and lets only the user discard it", async () => {
  const storage = new MemoryStorage();
  const first = await anOutbox({ storage });
  const id = await first.add(note("call:1"));
  const second = await anOutbox({ storage });
  void second.run(life.current.signal);
  await until(second, () => second.snapshot().items[0]?.state.kind === "unreadable");
  await second.discard(id);
  expect(await storage.list()).toEqual([]);
});

it("waits for the user when the session is locked, and goes on after unlock with the same key", async () => {
  const door = new ScriptedDoor();
  door.answer = () => ({ status: 423, body: { code: "SESSION_LOCKED" } });
  const outbox = await anOutbox({ transport: door });
  void outbox.run(life.current.signal);
  const id = await outbox.add(note("call:1"));
  await until(outbox, () => outbox.snapshot().link === "paused");
  door.answer = () => acknowledged("1/0/10");
  outbox.resume();
  await outbox.outcome(id, life.current.signal);
  const keys = door.requests.map((request) => request.headers["idempotency-key"]);
  expect(keys).toEqual([id, id]);
});

it("sends from one tab at a time, and the tab that made a write hears the answer", async () => {
  const shared = {
    storage: new MemoryStorage(),
    lock: new MemoryLock(),
    sealer: webCryptoSealer(await createSealingKey()),
  };
  const door = new ScriptedDoor();
  const tab = tabsOfOneProfile();
  const leader = await anOutbox({ ...shared, transport: door, tabs: tab() });
  const follower = await anOutbox({ ...shared, transport: door, tabs: tab() });
  void leader.run(life.current.signal);
  await until(leader, () => leader.snapshot().isLeader);
  void follower.run(life.current.signal);
  const id = await follower.add(note("call:1"));
  expect((await follower.outcome(id, life.current.signal)).kind).toBe("acknowledged");
  expect(follower.snapshot().isLeader).toBe(false);
  expect(door.requests).toHaveLength(1);
});

it("never repeats a write under a key that servers may have forgotten", async () => {
  const door = new ScriptedDoor();
  const outbox = await anOutbox({ transport: door, policy: { keyKeptMs: -1 } });
  void outbox.run(life.current.signal);
  const id = await outbox.add(note("call:1"));
  expect(await outbox.outcome(id, life.current.signal)).toMatchObject({
    kind: "conflict",
    answer: { code: "KEY_EXPIRED" },
  });
  expect(door.requests).toEqual([]);
});
