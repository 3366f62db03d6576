import type { OutboxClock } from "./clock.ts";
import { NoAnswerInTimeError, withDeadline } from "./deadline.ts";
import { acknowledgedAt, type Entries, type Entry } from "./entries.ts";
import { answerOf, bare, requestOf } from "./exchange.ts";
import type { OutboxRandom } from "./ids.ts";
import type { OutboxEvent, WriteAnswer } from "./item.ts";
import { Link } from "./link.ts";
import { followerOf, lastAcknowledgedOfRecord, nextToSend } from "./order.ts";
import { Patience } from "./patience.ts";
import type { OutboxPolicy } from "./policy.ts";
import { backOffMs, newestTermIn, ownBackOffMs, problemCode, readAnswer } from "./policy.ts";
import type { OutboxTransport, TransportAnswer } from "./ports.ts";
import {
  formatPosition,
  isConfirmed,
  judgeByTerms,
  type Position,
  readPosition,
  type TermStart,
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
  readonly #patience: Patience;
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
    this.#patience = new Patience(deps.policy);
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
      answer = await this.#waitFor(signal, (limit) =>
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

  /** Any answer will do: it tells that the region keeps up. Only what was waited for in full counts as unanswered. */
  async #waitFor<Answer>(
    signal: AbortSignal,
    ask: (limit: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const { limitMs } = this.#patience;
    try {
      const answer = await withDeadline(this.#deps.clock, limitMs, signal, ask);
      this.#patience.answered();
      return answer;
    } catch (thrown) {
      if (thrown instanceof NoAnswerInTimeError) this.#patience.unanswered(limitMs);
      throw thrown;
    }
  }

  async #settle(entry: Entry, answer: TransportAnswer, after: Position | null): Promise<void> {
    const { clock, policy, emit, changed } = this.#deps;
    const meaning = readAnswer(answer);
    // Before the newer term is noticed, or the same list would be asked for beside it.
    if (meaning.kind === "term-changed" && meaning.terms !== null) await this.#learn(meaning.terms);
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
        if (meaning.terms === null) this.#askNow();
        // With the list the way is free at once; a second refusal is somebody's mistake and must not spin.
        if (meaning.terms !== null && entry.ownRetries === 0) {
          entry.ownRetries = 1;
          again(0);
        } else again(soonMs());
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
      const answer = await this.#waitFor(signal, (limit) => transport.terms(limit));
      this.observe(answer.confirmed);
      await this.#judge(answer.terms);
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

  /** The list came with a refusal. Nothing asks for it meanwhile. */
  async #learn(terms: readonly TermStart[]): Promise<void> {
    if (this.#isAsking) {
      await this.#judge(terms);
      return;
    }
    this.#isAsking = true;
    try {
      await this.#judge(terms);
      this.#askGapMs = this.#deps.policy.confirmAfterMs;
    } finally {
      this.#isAsking = false;
    }
  }

  /** Drops what every later term took along, and queues again what one of them left behind. */
  async #judge(terms: readonly TermStart[]): Promise<void> {
    for (const start of terms) this.#seeTerm(start.term);
    await this.#drop("survived", (at) => judgeByTerms(at, terms) === "survived");
    await this.#replayLost((at) => judgeByTerms(at, terms) === "lost");
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
    const isFirst = this.#newestTerm === 0;
    this.#newestTerm = term;
    // What a reload found acknowledged in an older term is asked about in any case.
    if (!isFirst) this.#askNow();
  }

  /** What was acknowledged may be lost: the list of terms is asked for at the next look, whatever earlier questions came to. */
  #askNow(): void {
    this.#askAtMs = 0;
    this.#askGapMs = 0;
  }
}
