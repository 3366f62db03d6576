import type { OutboxClock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { acknowledgedAt, type Entries, type Entry } from "./entries.ts";
import type { OutboxRandom } from "./ids.ts";
import type { OutboxEvent, WriteAnswer } from "./item.ts";
import { Link } from "./link.ts";
import type { OutboxPolicy } from "./policy.ts";
import { backOffMs, newestTermIn, ownBackOffMs, problemCode, readAnswer } from "./policy.ts";
import type { OutboxTransport, TransportAnswer, TransportRequest } from "./ports.ts";
import {
  formatPosition,
  isConfirmed,
  judgeByTerms,
  type Position,
  readPosition,
} from "./position.ts";

export interface SenderDeps {
  readonly entries: Entries;
  readonly transport: OutboxTransport;
  readonly clock: OutboxClock;
  readonly random: OutboxRandom;
  readonly policy: OutboxPolicy;
  readonly emit: (event: OutboxEvent) => void;
  /** Something that a screen shows has changed. */
  readonly changed: () => void;
}

/** Sends waiting writes and drops them when they are safe. Runs in one tab at a time. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly link: Link;
  readonly #running = new Set<Promise<void>>();
  #wake = new AbortController();
  #inFlight = 0;
  #confirmed: Position | null = null;
  /** Newest term seen in any answer. */
  #newestTerm = 0;
  #isAsking = false;
  #askAtMs = 0;
  #askGapMs: number;
  /** Monotonic time since which questions for the list of terms fail. */
  #askFailsSinceMs: number | null = null;
  /** Monotonic time of the oldest acknowledgement that nothing has confirmed yet. */
  #unconfirmedSinceMs: number | null = null;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.link = new Link(deps.clock, deps.random, deps.policy);
    this.#askGapMs = deps.policy.confirmAfterMs;
  }

  get confirmedUntil(): string | null {
    return this.#confirmed === null ? null : formatPosition(this.#confirmed);
  }

  /** Looks again at once: something was added, decided, or the connection may be back. */
  poke(): void {
    this.#wake.abort();
  }

  /** Notes a `Careline-Confirmed` seen anywhere: another answer, or a heartbeat of the event stream. */
  observe(confirmed: string | null): void {
    const position = readPosition(confirmed);
    if (position === null) return;
    this.#seeTerm(position.term);
    const known = this.#confirmed;
    const isNewer =
      known === null ||
      position.term > known.term ||
      (position.term === known.term && position.lsn > known.lsn);
    if (isNewer) this.#confirmed = position;
    this.poke();
  }

  /** Sends until `signal` aborts. Then nothing is in flight any more: attempts were abandoned, their outcome unknown. */
  async lead(signal: AbortSignal): Promise<void> {
    const { clock, entries } = this.#deps;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#dropConfirmed();
      this.#startSends(signal);
      this.#startAsking(signal);
      if (entries.count === 0) this.#unconfirmedSinceMs = null;
      const wakeOrStop = AbortSignal.any([signal, this.#wake.signal]);
      await clock.sleep(this.#nextLookMs(), wakeOrStop).catch(() => {});
    }
    await Promise.allSettled(this.#running);
  }

  #nextLookMs(): number {
    const now = this.#deps.clock.monotonicMs();
    const times = [now + 60_000];
    for (const entry of this.#deps.entries.inOrder()) {
      if (entry.stored.state === "queued" && !entry.isSending && !this.link.isPaused) {
        times.push(Math.max(entry.notBeforeMs, this.link.nextAttemptMs));
      }
    }
    const askAt = this.#askDueMs();
    if (askAt !== null && !this.#isAsking) times.push(askAt);
    // 5 ms: an entry that waits for another of its record must not spin; its turn wakes the loop anyway.
    return Math.max(5, Math.min(...times) - now);
  }

  #startSends(signal: AbortSignal): void {
    const now = this.#deps.clock.monotonicMs();
    if (this.link.isPaused || now < this.link.nextAttemptMs) return;
    const most = this.link.isInterrupted ? 1 : this.#deps.policy.sendsAtOnceMax;
    for (const entry of nextToSend(this.#deps.entries.inOrder(), this.#newestTerm, now)) {
      if (this.#inFlight >= most) return;
      this.#inFlight += 1;
      entry.isSending = true;
      this.#track(
        this.#send(entry, signal).finally(() => {
          this.#inFlight -= 1;
          entry.isSending = false;
          this.poke();
        }),
      );
    }
  }

  #track(task: Promise<void>): void {
    const tracked = task.catch(() => {}).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #send(entry: Entry, signal: AbortSignal): Promise<void> {
    const { clock, entries, policy, transport, emit, changed } = this.#deps;
    const { id, key, createdAt } = entry.stored;
    const ageMs = clock.wallNow().getTime() - Date.parse(createdAt);
    if (ageMs > policy.keyKeptMs) {
      await this.#refuse(entry, bare(0, "KEY_EXPIRED"));
      return;
    }
    const after = lastAcknowledgedOfRecord(entries.inOrder(), entry);
    entry.attempts += 1;
    emit({ kind: "sending", id, key, attempt: entry.attempts });
    changed();
    let answer: TransportAnswer;
    try {
      answer = await withDeadline(clock, policy.attemptMs, signal, (limit) =>
        transport.send(requestOf(entry, after), limit),
      );
    } catch {
      if (signal.aborted) return;
      this.link.interrupted();
      emit({ kind: "retry", id, key, status: null, code: null });
      changed();
      return;
    }
    await this.#settle(entry, answer, after);
  }

  async #settle(entry: Entry, answer: TransportAnswer, after: Position | null): Promise<void> {
    const { clock, policy, emit, changed } = this.#deps;
    const meaning = readAnswer(answer);
    const term = newestTermIn(answer);
    if (term !== null) this.#seeTerm(term);
    this.observe(answer.header("careline-confirmed"));
    const { id, key } = entry.stored;
    const again = (notBeforeMs: number): void => {
      entry.notBeforeMs = notBeforeMs;
      emit({ kind: "retry", id, key, status: answer.status, code: problemCode(answer.body) });
      changed();
    };
    // Counted apart from the attempts: those of an outage are many, and the region is back.
    const soonMs = (): number => {
      entry.ownRetries += 1;
      return clock.monotonicMs() + ownBackOffMs(policy, entry.ownRetries, this.#deps.random.next());
    };
    switch (meaning.kind) {
      case "acknowledged":
        this.link.restored();
        await this.#acknowledge(entry, answer, meaning.position);
        return;
      case "paused":
        this.link.pause();
        again(0);
        return;
      case "term-changed":
        this.link.restored();
        this.#askNow();
        again(soonMs());
        return;
      case "retry":
        if (meaning.wholeLink) this.link.interrupted(meaning.afterMs);
        again(meaning.wholeLink ? 0 : soonMs());
        return;
      case "conflict":
        this.link.restored();
        // The refusal may only say that the record's earlier write was lost with the old term.
        if (after !== null && term !== null && after.term < term) again(soonMs());
        else await this.#refuse(entry, answerOf(answer, null));
    }
  }

  async #acknowledge(entry: Entry, answer: TransportAnswer, position: string): Promise<void> {
    const { entries, emit, changed, clock } = this.#deps;
    const { content } = entry;
    if (content === null) return;
    const said = answerOf(answer, position);
    this.#unconfirmedSinceMs ??= clock.monotonicMs();
    const follower = followerOf(entries.inOrder(), entry);
    const changes: Parameters<Entries["change"]>[0][number][] = [
      [entry, { state: "acknowledged", position, content: { ...content, answer: said } }],
    ];
    if (follower?.content && said.etag !== null) {
      const write = { ...follower.content.write, ifMatch: said.etag };
      changes.push([follower, { content: { ...follower.content, write } }]);
    }
    await entries.change(changes);
    emit({ kind: "acknowledged", id: entry.stored.id, key: entry.stored.key, answer: said });
    changed();
  }

  async #refuse(entry: Entry, answer: WriteAnswer): Promise<void> {
    const { entries, emit, changed } = this.#deps;
    if (entry.content === null) return;
    await entries.change([[entry, { state: "conflict", content: { ...entry.content, answer } }]]);
    emit({ kind: "conflict", id: entry.stored.id, key: entry.stored.key, answer });
    changed();
  }

  async #dropConfirmed(): Promise<void> {
    const confirmed = this.#confirmed;
    if (confirmed === null) return;
    await this.#drop("confirmed", (position) => isConfirmed(position, confirmed));
  }

  async #drop(
    because: "confirmed" | "survived",
    isSafe: (position: Position) => boolean,
  ): Promise<void> {
    const { entries, emit, changed } = this.#deps;
    const safe = entries.inOrder().filter((entry) => {
      const position = acknowledgedAt(entry);
      return position !== null && isSafe(position);
    });
    if (safe.length === 0) return;
    await entries.remove(safe);
    for (const { stored } of safe)
      emit({ kind: "dropped", id: stored.id, key: stored.key, because });
    const isAllSafe = !entries.inOrder().some((entry) => entry.stored.state === "acknowledged");
    this.#unconfirmedSinceMs = isAllSafe ? null : this.#deps.clock.monotonicMs();
    this.#askGapMs = this.#deps.policy.confirmAfterMs;
    changed();
  }

  /** When `/terms` should be asked: at once after a change of term, later for want of a confirmation. */
  #askDueMs(): number | null {
    const positions = this.#deps.entries.inOrder().map(acknowledgedAt);
    const unsafe = positions.filter((position) => position !== null);
    if (unsafe.length === 0) return null;
    if (unsafe.some((position) => position.term < this.#newestTerm)) return this.#askAtMs;
    const since = this.#unconfirmedSinceMs ?? this.#deps.clock.monotonicMs();
    this.#unconfirmedSinceMs = since;
    return Math.max(this.#askAtMs, since + this.#askGapMs);
  }

  #startAsking(signal: AbortSignal): void {
    const due = this.#askDueMs();
    if (due === null || this.#isAsking || this.#deps.clock.monotonicMs() < due) return;
    this.#isAsking = true;
    this.#track(
      this.#ask(signal).finally(() => {
        this.#isAsking = false;
        this.poke();
      }),
    );
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, policy, transport, random } = this.#deps;
    const askedAtMs = clock.monotonicMs();
    try {
      const answer = await withDeadline(clock, policy.attemptMs, signal, (limit) =>
        transport.terms(limit),
      );
      this.observe(answer.confirmed);
      for (const start of answer.terms) this.#seeTerm(start.term);
      await this.#drop("survived", (at) => judgeByTerms(at, answer.terms) === "survived");
      await this.#replayLost((at) => judgeByTerms(at, answer.terms) === "lost");
      this.#askGapMs = Math.min(
        Math.max(this.#askGapMs, policy.confirmAfterMs) * 2,
        policy.confirmMostMs,
      );
      this.#askFailsSinceMs = null;
    } catch {
      // No answer changes nothing: every write is still kept, and is asked about again.
      this.#askFailsSinceMs ??= askedAtMs;
    }
    const now = clock.monotonicMs();
    const failingMs = now - (this.#askFailsSinceMs ?? now);
    this.#askAtMs = now + backOffMs(policy, failingMs, random.next());
  }

  async #replayLost(isLost: (position: Position) => boolean): Promise<void> {
    const { entries, emit, changed } = this.#deps;
    const lost = entries.inOrder().filter((entry) => {
      const position = acknowledgedAt(entry);
      return position !== null && isLost(position);
    });
    if (lost.length === 0) return;
    await entries.change(
      lost.map((entry) => [
        entry,
        { state: "queued", position: null, replays: entry.stored.replays + 1 },
      ]),
    );
    for (const { stored } of lost) emit({ kind: "replayed", id: stored.id, key: stored.key });
    changed();
  }

  #seeTerm(term: number): void {
    if (term <= this.#newestTerm) return;
    this.#newestTerm = term;
    this.#askNow();
  }

  /** What was acknowledged may be lost: the list of terms is asked for at the next look, whatever earlier questions came to. */
  #askNow(): void {
    this.#askAtMs = 0;
    this.#askGapMs = 0;
  }
}

/**
 * Which writes may go now: the oldest waiting one of each record, unless an earlier write of that record
 * is in flight, refused, or acknowledged in a term that is over (it may have to be sent again first).
 */
export function nextToSend(inOrder: readonly Entry[], newestTerm: number, nowMs: number): Entry[] {
  const blocked = new Set<string>();
  const ready: Entry[] = [];
  for (const entry of inOrder) {
    const record = entry.content?.write.recordKey;
    if (record === undefined || blocked.has(record)) continue;
    const position = acknowledgedAt(entry);
    if (position !== null) {
      if (position.term < newestTerm) blocked.add(record);
      continue;
    }
    blocked.add(record);
    const isReady =
      entry.stored.state === "queued" && !entry.isSending && entry.notBeforeMs <= nowMs;
    if (isReady) ready.push(entry);
  }
  return ready;
}

/** Highest position of the record's earlier writes that nothing has confirmed yet. */
function lastAcknowledgedOfRecord(inOrder: readonly Entry[], entry: Entry): Position | null {
  let last: Position | null = null;
  for (const earlier of inOrder) {
    if (earlier.stored.id >= entry.stored.id) break;
    const isSameRecord = earlier.content?.write.recordKey === entry.content?.write.recordKey;
    if (isSameRecord) last = acknowledgedAt(earlier) ?? last;
  }
  return last;
}

/** The next waiting write of the record, if the user made it on top of this one. */
function followerOf(inOrder: readonly Entry[], entry: Entry): Entry | undefined {
  const next = inOrder.find(
    (later) =>
      later.stored.id > entry.stored.id &&
      later.content?.write.recordKey === entry.content?.write.recordKey,
  );
  const follows = next?.stored.state === "queued" && next.content?.write.followsPrevious === true;
  return follows ? next : undefined;
}

function requestOf(entry: Entry, after: Position | null): TransportRequest {
  const write = entry.content?.write;
  if (write === undefined) throw new Error(`write ${entry.stored.id} cannot be read`);
  const headers: Record<string, string> = {
    "idempotency-key": entry.stored.key,
    "careline-occurred-at": entry.stored.createdAt,
  };
  // What goes out again by itself must not postpone the lock of a desk that nobody sits at.
  if (entry.stored.replays > 0 || entry.attempts > 1) headers["careline-activity"] = "background";
  if (write.ifMatch !== undefined) headers["if-match"] = write.ifMatch;
  if (after !== null) headers["careline-after"] = formatPosition(after);
  return { method: write.method, path: write.path, headers, body: write.body };
}

function answerOf(answer: TransportAnswer, position: string | null): WriteAnswer {
  return {
    status: answer.status,
    etag: answer.header("etag"),
    body: answer.body,
    durability: answer.header("careline-durability"),
    position,
    code: position === null ? problemCode(answer.body) : null,
  };
}

function bare(status: number, code: string): WriteAnswer {
  return { status, etag: null, body: null, durability: null, position: null, code };
}
