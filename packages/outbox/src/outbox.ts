import { type OutboxClock, systemOutboxClock } from "./clock.ts";
import { Entries, type Entry, toItem } from "./entries.ts";
import { OutboxError } from "./errors.ts";
import { OrderedIds, type OutboxRandom, systemOutboxRandom } from "./ids.ts";
import type { OutboxEvent, OutboxSnapshot, OutboxWrite, WriteOutcome } from "./item.ts";
import { defaultOutboxPolicy, type OutboxPolicy } from "./policy.ts";
import type { OutboxLock, OutboxStorage, OutboxTransport, Sealer, TabSignals } from "./ports.ts";
import { Sender } from "./sender.ts";

export interface OutboxOptions {
  /** Opaque id of the signed-in user. */
  readonly owner: string;
  readonly storage: OutboxStorage;
  readonly sealer: Sealer;
  readonly transport: OutboxTransport;
  readonly lock: OutboxLock;
  /** Absent where there is only one tab. */
  readonly tabs?: TabSignals;
  readonly clock?: OutboxClock;
  readonly random?: OutboxRandom;
  readonly policy?: Partial<OutboxPolicy>;
  readonly onEvent?: (event: OutboxEvent) => void;
}

export interface AddOptions {
  /** `keep`: when storage refuses, keep the write in memory and send it all the same. Default `refuse`. */
  readonly volatile?: "refuse" | "keep";
}

/**
 * Keeps each write of one user until both regions have it. A write is stored, sealed, before it is sent;
 * sent in order per record with one `Idempotency-Key`; repeated until it is acknowledged; and dropped only
 * when the standby confirmed its position, or the list of terms shows that it survived a change of term.
 * Otherwise it is sent again with the same key. Nothing else drops a write but the user (`discard`).
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries: Entries;
  readonly #sender: Sender;
  readonly #ids: OrderedIds;
  readonly #policy: OutboxPolicy;
  readonly #clock: OutboxClock;
  readonly #listeners = new Set<() => void>();
  readonly #waiters = new Map<string, ((outcome: WriteOutcome) => void)[]>();
  #snapshot: OutboxSnapshot | null = null;
  #isLeader = false;
  #isLoading: Promise<void> | null = null;
  #loadAgain = false;
  #ready: Promise<void>;
  #lastAdd: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemOutboxClock;
    const random = options.random ?? systemOutboxRandom;
    this.#policy = { ...defaultOutboxPolicy, ...options.policy };
    this.#entries = new Entries(options.storage, options.sealer, options.owner);
    this.#ids = new OrderedIds(() => this.#clock.wallNow().getTime(), random);
    this.#sender = new Sender({
      entries: this.#entries,
      transport: options.transport,
      clock: this.#clock,
      random,
      policy: this.#policy,
      emit: (event) => this.#onEvent(event),
      changed: () => this.#changed(),
    });
    this.#ready = this.#load();
  }

  /** A new UUIDv7 for a record that the client creates. Ids of one outbox grow strictly. */
  newId(): string {
    return this.#ids.next();
  }

  /**
   * Stores a write and queues it. Resolves when it is stored, with its id.
   * Errors: OUTBOX_FULL, STORAGE_FULL, STORAGE_UNAVAILABLE (unless `volatile: "keep"`).
   */
  add(write: OutboxWrite, options: AddOptions = {}): Promise<string> {
    // One after another: sealing and storing two writes at once could finish the later one first, and
    // it would be sent before the earlier one of its record.
    const added = this.#lastAdd.then(() => this.#add(write, options));
    this.#lastAdd = added.then(
      () => {},
      () => {},
    );
    return added;
  }

  async #add(write: OutboxWrite, options: AddOptions): Promise<string> {
    await this.#ready;
    if (this.#entries.count >= this.#policy.itemsMax) {
      throw new OutboxError("OUTBOX_FULL", `${this.#entries.count} writes wait already`);
    }
    const id = this.newId();
    const stored = {
      id,
      key: id,
      owner: this.#options.owner,
      revision: 1,
      state: "queued",
      position: null,
      replays: 0,
      createdAt: this.#clock.wallNow().toISOString(),
    } as const;
    try {
      await this.#entries.add(stored, { write, answer: null }, options.volatile ?? "refuse");
    } finally {
      this.#changed();
    }
    this.#onEvent({ kind: "stored", id, key: id });
    this.#options.tabs?.announce({ kind: "changed" });
    this.#sender.poke();
    return id;
  }

  /** The server's answer to a write, as soon as there is one; also when another tab sends it. */
  async outcome(id: string, signal: AbortSignal): Promise<WriteOutcome> {
    const known = outcomeOf(this.#entries.get(id));
    if (known !== null) return known;
    if (this.#entries.get(id) === undefined) throw unknownItem(id);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      const waiters = this.#waiters.get(id) ?? [];
      waiters.push((outcome) => {
        signal.removeEventListener("abort", onAbort);
        resolve(outcome);
      });
      this.#waiters.set(id, waiters);
    });
  }

  /** Gives up a refused, unreadable or still waiting write. The user's decision alone. Error: ITEM_UNKNOWN. */
  async discard(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw unknownItem(id);
    await this.#entries.remove([entry]);
    this.#wakeWaiters(id, { kind: "discarded" });
    this.#decided();
  }

  /** Sends a refused write again, as the user changed it, under a new key, in its old place. Error: ITEM_UNKNOWN. */
  async replace(id: string, change: Pick<OutboxWrite, "body" | "ifMatch">): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.content === undefined || entry.content === null) throw unknownItem(id);
    if (entry.stored.state !== "conflict") throw unknownItem(id);
    const write = { ...entry.content.write, ...change };
    const key = this.newId();
    await this.#entries.change([
      [entry, { state: "queued", key, content: { write, answer: null } }],
    ]);
    this.#decided();
  }

  /** What a screen shows. The same object until something changes (fits useSyncExternalStore). */
  snapshot(): OutboxSnapshot {
    this.#snapshot ??= this.#takeSnapshot();
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Call with the `Careline-Confirmed` of every answer and heartbeat that did not pass this outbox. */
  observeConfirmed(confirmed: string | null): void {
    this.#sender.observe(confirmed);
    this.#changed();
  }

  /** The user signed in or unlocked, or the network is back: send at once. */
  resume(): void {
    this.#sender.link.resume();
    this.#sender.poke();
    this.#changed();
  }

  /**
   * Runs until `signal` aborts: takes its turn as the sending tab, and follows the others until then.
   * What was in flight at the abort has an unknown outcome and is sent again, with its key, by the next life.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { lock, owner, tabs } = this.#options;
    const unsubscribe = tabs?.subscribe((message) => {
      if (message.kind === "changed") void this.#load().then(() => this.#sender.poke());
      else void this.#hearAnswer(message.id, message.sealed);
    });
    try {
      await this.#ready;
      await lock.hold(
        `careline-outbox:${owner}`,
        async () => {
          await this.#load();
          this.#isLeader = true;
          this.#changed();
          await this.#sender.lead(signal);
        },
        signal,
      );
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      this.#isLeader = false;
      unsubscribe?.();
    }
  }

  async #load(): Promise<void> {
    if (this.#isLoading !== null) {
      this.#loadAgain = true;
      return this.#isLoading;
    }
    this.#isLoading = (async () => {
      do {
        this.#loadAgain = false;
        for (const id of await this.#entries.load()) this.#ids.startAfter(id);
      } while (this.#loadAgain);
    })().finally(() => {
      this.#isLoading = null;
    });
    await this.#isLoading;
    for (const id of this.#waiters.keys()) {
      const outcome = outcomeOf(this.#entries.get(id));
      if (outcome !== null) this.#wakeWaiters(id, outcome);
    }
    this.#changed();
  }

  async #hearAnswer(id: string, sealed: Uint8Array): Promise<void> {
    if (!this.#waiters.has(id)) return;
    const plain = await this.#options.sealer.open(sealed, `${this.#options.owner}/${id}`);
    const outcome = JSON.parse(new TextDecoder().decode(plain)) as WriteOutcome;
    this.#wakeWaiters(id, outcome);
  }

  #onEvent(event: OutboxEvent): void {
    if (event.kind === "acknowledged" || event.kind === "conflict") {
      const outcome: WriteOutcome = { kind: event.kind, answer: event.answer };
      this.#wakeWaiters(event.id, outcome);
      void this.#tellTabs(event.id, outcome);
    } else if (event.kind === "dropped" || event.kind === "replayed") {
      this.#options.tabs?.announce({ kind: "changed" });
    }
    this.#options.onEvent?.(event);
  }

  async #tellTabs(id: string, outcome: WriteOutcome): Promise<void> {
    const { tabs, sealer, owner } = this.#options;
    if (tabs === undefined) return;
    const plain = new TextEncoder().encode(JSON.stringify(outcome));
    tabs.announce({ kind: "answered", id, sealed: await sealer.seal(plain, `${owner}/${id}`) });
    tabs.announce({ kind: "changed" });
  }

  #wakeWaiters(id: string, outcome: WriteOutcome): void {
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    for (const wake of waiters) wake(outcome);
  }

  #decided(): void {
    this.#options.tabs?.announce({ kind: "changed" });
    this.#changed();
    this.#sender.poke();
  }

  #changed(): void {
    this.#snapshot = null;
    for (const listener of this.#listeners) listener();
  }

  #takeSnapshot(): OutboxSnapshot {
    const items = this.#entries.inOrder().map(toItem);
    const count = (kinds: readonly string[]): number =>
      items.filter((item) => kinds.includes(item.state.kind)).length;
    const { link } = this.#sender;
    return {
      items,
      waiting: count(["queued", "sending"]),
      unconfirmed: count(["acknowledged"]),
      conflicts: count(["conflict", "unreadable"]),
      othersWaiting: this.#entries.othersWaiting,
      isLeader: this.#isLeader,
      storage: this.#entries.health,
      link: link.state,
      interruptedSince: link.interruptedSince?.toISOString() ?? null,
      confirmedUntil: this.#sender.confirmedUntil,
    };
  }
}

function outcomeOf(entry: Entry | undefined): WriteOutcome | null {
  const answer = entry?.content?.answer ?? null;
  if (entry === undefined || answer === null || entry.stored.state === "queued") return null;
  return { kind: entry.stored.state, answer };
}

function unknownItem(id: string): OutboxError {
  return new OutboxError("ITEM_UNKNOWN", `no write ${id} waits`);
}
