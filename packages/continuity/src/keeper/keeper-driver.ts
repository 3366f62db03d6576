import {
  type CommandOutcome,
  type KeeperCommand,
  type KeeperEffect,
  type KeeperEvent,
  type KeeperIdentity,
  type KeeperState,
  type KeeperStatus,
  keeper,
  keeperStatus,
  nextWakeMs,
  type PermitAnswer,
  type PermitQuestion,
  type PromiseAnswer,
  type PromiseQuestion,
} from "@careline/continuity-core";
import { type Clock, describeError, invariant, type Logger } from "@careline/platform";
import { ContinuityError } from "../errors.ts";
import type { RegionRedis } from "../redis/index.ts";
import type { QuorumRecords } from "../store/index.ts";
import type { KeeperDatabase } from "./database.ts";
import type { KeeperMetrics } from "./keeper-metrics.ts";
import { type Milestones, noMilestones, noteMilestones } from "./milestones.ts";

export interface KeeperDriverDeps {
  readonly identity: KeeperIdentity;
  /** Renewals and take-overs on a connection of their own, reads on another. */
  readonly records: QuorumRecords;
  readonly redis: RegionRedis;
  readonly askPromise: (question: PromiseQuestion, signal: AbortSignal) => Promise<PromiseAnswer>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: KeeperMetrics;
  readonly signal: AbortSignal;
}

/** What the driver tells whoever listens. */
export type KeeperNotice =
  | { readonly kind: "change"; readonly change: number }
  | { readonly kind: "lapsed" }
  | { readonly kind: "phase"; readonly phase: string };

/** A wake-up that is due already: soon, but never in a loop without a pause. */
const SOONEST_WAKE_MS = 5;

/**
 * Runs the keeper's machine: hands it every event with the time at which it is handled, and carries
 * out what it asks for. It holds no rule of its own.
 */
export class KeeperDriver {
  readonly #deps: KeeperDriverDeps;
  readonly #waiting = new Map<number, (outcome: CommandOutcome) => void>();
  readonly #listeners = new Set<(notice: KeeperNotice) => void>();
  #database: KeeperDatabase | null = null;
  #state: KeeperState | null = null;
  #milestones: Milestones = noMilestones;
  #cancelWake: () => void = () => undefined;
  #afterReads: (() => void)[] = [];
  #lastCommand = 0;
  #clocks: { readonly wallMs: number; readonly monotonicMs: number };
  #isClosed = false;

  constructor(deps: KeeperDriverDeps) {
    this.#deps = deps;
    this.#clocks = this.#readClocks();
  }

  /** Begins: whatever PostgreSQL still runs is stopped, the quorum is read. */
  start(database: KeeperDatabase): void {
    this.#database = database;
    const { state, effects } = keeper.start(this.#deps.identity, this.#deps.clock.monotonicMs());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#scheduleWake();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelWake();
  }

  onNotice(listener: (notice: KeeperNotice) => void): void {
    this.#listeners.add(listener);
  }

  get change(): number {
    return this.#state?.change ?? 0;
  }

  get milestones(): Milestones {
    return this.#milestones;
  }

  status(): KeeperStatus {
    return keeperStatus(this.#known(), this.#deps.clock.monotonicMs());
  }

  /** One event, handled now. */
  dispatch(event: KeeperEvent): readonly KeeperEffect[] {
    if (this.#isClosed) return [];
    const before = this.#known();
    const now = this.#deps.clock.monotonicMs();
    this.#deps.metrics.observe(before, event, now);
    const { state, effects } = keeper.step(before, event, now);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#note(before, state, event);
    this.#scheduleWake();
    return effects;
  }

  /** Check and answer are one synchronous step. */
  permit(question: PermitQuestion): PermitAnswer {
    this.#compareClocks();
    const effects = this.dispatch({ kind: "permit-asked", question });
    const found = effects.find((effect) => effect.kind === "answer-permit");
    invariant(found !== undefined, "every permit question is answered in its step");
    return found.answer;
  }

  /** Check, `lastPromise = now` and answer are one synchronous step. */
  promise(question: PromiseQuestion): PromiseAnswer {
    this.#compareClocks();
    const effects = this.dispatch({ kind: "promise-asked", question });
    const found = effects.find((effect) => effect.kind === "answer-promise");
    invariant(found !== undefined, "every promise question is answered in its step");
    return found.answer;
  }

  /** Resolves when the state that the command asks for holds or cannot be reached. */
  async command(command: KeeperCommand, signal: AbortSignal): Promise<CommandOutcome> {
    // A release and a new record are judged by what the store says now, not at the next round.
    const isUnseen = command.kind === "take-over" && this.status().lapsesInMs !== 0;
    if (isUnseen || command.kind === "announce-geo") await this.#refresh();
    // Written out before the pause begins, the shutdown checkpoint within it has little left to write.
    const isServing = this.#known().postgres === "primary";
    if (command.kind === "release" && isServing) await this.#database?.checkpoint();
    return this.#order(command, signal);
  }

  #order(command: KeeperCommand, signal: AbortSignal): Promise<CommandOutcome> {
    this.#lastCommand += 1;
    const id = this.#lastCommand;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(id);
        reject(new ContinuityError("PEER_UNREACHABLE", "the command is still under way"));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(id, (outcome) => {
        signal.removeEventListener("abort", onAbort);
        resolve(outcome);
      });
      this.#deps.log.info({ command: command.kind, id }, "command");
      this.dispatch({ kind: "command", id, command });
    });
  }

  /** Reads the quorum now; resolves with the answer, or when the request is given up. */
  #refresh(): Promise<void> {
    const limit = this.#deps.clock.deadline(this.#deps.identity.parameters.requestTimeoutMs);
    return new Promise((resolve) => {
      this.#afterReads.push(resolve);
      limit.addEventListener("abort", () => resolve(), { once: true });
      this.dispatch({ kind: "refresh" });
    });
  }

  #known(): KeeperState {
    invariant(this.#state !== null, "the keeper was started");
    return this.#state;
  }

  #note(before: KeeperState, after: KeeperState, event: KeeperEvent): void {
    const at = this.#deps.clock.wallNow().toISOString();
    this.#milestones = noteMilestones(this.#milestones, before, after, event, at);
    if (before.phase.kind === after.phase.kind) return;
    const term = after.view?.term.record?.term ?? null;
    this.#deps.log.info({ from: before.phase.kind, to: after.phase.kind, term }, "phase");
    this.#tell({ kind: "phase", phase: after.phase.kind });
  }

  #tell(notice: KeeperNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #scheduleWake(): void {
    this.#cancelWake();
    if (this.#isClosed) return;
    const now = this.#deps.clock.monotonicMs();
    const inMs = Math.max(nextWakeMs(this.#known()) - now, SOONEST_WAKE_MS);
    this.#cancelWake = this.#deps.clock.after(inMs, () => {
      this.#compareClocks();
      this.dispatch({ kind: "tick" });
    });
  }

  /** A frozen monotonic clock (a suspended machine) shows as a jump of the wall clock. */
  #compareClocks(): void {
    const before = this.#clocks;
    const now = this.#readClocks();
    this.#clocks = now;
    const byMs = now.wallMs - before.wallMs - (now.monotonicMs - before.monotonicMs);
    if (Math.abs(byMs) <= this.#deps.identity.parameters.guardMs) return;
    this.dispatch({ kind: "clocks-disagree", byMs });
  }

  #readClocks(): { wallMs: number; monotonicMs: number } {
    const { clock } = this.#deps;
    return { wallMs: clock.wallNow().getTime(), monotonicMs: clock.monotonicMs() };
  }

  #carryOut(effect: KeeperEffect): void {
    const database = this.#database;
    invariant(database !== null, "the keeper has a database");
    switch (effect.kind) {
      case "read-quorum":
        this.#readQuorum(effect.read);
        break;
      case "send-txn":
        this.#sendTxn(effect);
        break;
      case "ask-promise":
        this.#ask(effect.question);
        break;
      case "answer-promise":
      case "answer-permit":
        // Returned by `permit` and `promise`, in the same step.
        break;
      case "announce-change":
        this.#tell({ kind: "change", change: effect.change });
        break;
      case "stop-postgres":
        database.stop(effect.mode);
        break;
      case "start-postgres":
        database.start(effect.as);
        break;
      case "stop-wal-receiver":
        database.position(true);
        break;
      case "report-position":
        database.position(false);
        break;
      case "start-wal-receiver":
        database.startReceiver();
        break;
      case "promote-postgres":
        database.promote();
        break;
      case "record-term":
        database.recordTerm(effect.term, this.#known().view?.store.record?.id ?? "");
        break;
      case "block-redis":
        this.#attempt("block-redis", (signal) => this.#deps.redis.block(signal));
        break;
      case "unblock-redis":
        // Serving: this region's cache takes writes, whatever it was before.
        this.#attempt("unblock-redis", (signal) => this.#deps.redis.promote(signal));
        break;
      case "primary-lapsed":
        this.#tell({ kind: "lapsed" });
        break;
      case "answer-command":
        this.#answerCommand(effect.id, effect.outcome);
        break;
      case "alarm":
        this.#deps.metrics.alarm(effect.alarm);
        this.#deps.log.warn({ alarm: effect.alarm }, effect.sentence);
        break;
    }
  }

  #answerCommand(id: number, outcome: CommandOutcome): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#deps.log.info({ id, outcome: outcome.kind, why: whyOf(outcome) }, "command answered");
    answer?.(outcome);
  }

  #readQuorum(read: number): void {
    const { records, signal } = this.#deps;
    records.read(signal).then(
      (view) => {
        this.dispatch({ kind: "quorum-read", read, view });
        for (const resolve of this.#afterReads.splice(0)) resolve();
      },
      (thrown: unknown) => {
        this.#deps.log.debug({ error: describeError(thrown) }, "quorum not read");
        this.dispatch({ kind: "quorum-read-failed", read });
      },
    );
  }

  #sendTxn(effect: Extract<KeeperEffect, { kind: "send-txn" }>): void {
    const { attempt, purpose, txn } = effect;
    this.#deps.records.apply(txn, this.#deps.signal).then(
      ({ succeeded, view }) => {
        if (!succeeded) this.#deps.log.info({ purpose, attempt }, "the store had changed");
        this.dispatch({ kind: "txn-answered", attempt, succeeded, view });
      },
      (thrown: unknown) => {
        this.#deps.log.info(
          { purpose, attempt, error: describeError(thrown) },
          "no answer from the store",
        );
        this.dispatch({ kind: "txn-unknown", attempt });
      },
    );
  }

  #ask(question: PromiseQuestion): void {
    this.#deps.askPromise(question, this.#deps.signal).then(
      (answer) => this.dispatch({ kind: "promise-answered", answer }),
      () => this.dispatch({ kind: "promise-failed", question: question.question }),
    );
  }

  #attempt(what: string, work: (signal: AbortSignal) => Promise<void>): void {
    work(this.#deps.signal).catch((thrown: unknown) => {
      this.#deps.log.warn({ what, error: describeError(thrown) }, "the cache did not do it");
    });
  }
}

function whyOf(outcome: CommandOutcome): string | undefined {
  return outcome.kind === "refused" ? outcome.why : undefined;
}
