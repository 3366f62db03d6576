import type { Lsn } from "../lsn.ts";
import {
  append,
  type DataDirectory,
  forkTimeline,
  lsnAt,
  newestTerm,
  type WalRecord,
} from "./data-directory.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";
import type { RegionName } from "./places.ts";
import { SimProcess } from "./sim-process.ts";
import type { CommitResult, DirectoryNotes, Refusal, Transaction } from "./transaction.ts";
import type { WalReceiver, WalSender } from "./wal-streaming.ts";

interface Waiter {
  readonly position: number;
  readonly done: (result: CommitResult) => void;
}

/** A server that does not end by itself is killed by whoever asked it to. */
const stopWithinMs = 10_000;

/** PostgreSQL of one region: one data directory, and a server that may run on it. */
export class Postgres {
  readonly region: RegionName;
  readonly process: SimProcess;
  readonly queue: EventQueue;
  readonly dice: Dice;
  directory: DataDirectory;
  state: "down" | "starting" | "running" | "stopping" = "down";
  /** Extra milliseconds of each fdatasync. */
  slowDiskMs = 0;
  isDiskFull = false;
  isReplayPaused = false;
  /** A tool was interrupted while it changed the directory. */
  damage: "damaged" | null = null;
  /** The physical slot of the other region exists here. */
  hasSlot = false;
  readonly notes: DirectoryNotes = { quarantinedDataId: null, reportedDataId: null, copy: null };
  sender: WalSender | undefined;
  receiver: WalReceiver | undefined;
  isReceiverWanted = false;
  /** The server ended without being asked to. */
  onExit: () => void = () => undefined;
  /** After a record of this server's own became durable. */
  onWritten: (record: WalRecord) => void = () => undefined;
  onPromoted: (term: number) => void = () => undefined;
  /** True times at which records became durable here, in step with the log since this server started. */
  readonly committedAt = new Map<number, number>();
  /** What the standby was last heard to have, and since when its slot is active or not. */
  lastConfirmed = 0;
  slotChangedAt = 0;
  startedAt = 0;
  /** As a standby of this life: when the primary was last heard on a working stream. */
  heardPrimaryAt: number | null = null;
  /** As a standby of this life: when it last was known to have all that the primary had. */
  completeAt: number | null = null;
  #waiters: Waiter[] = [];
  #inFlight = new Set<Transaction>();
  #onceStopped: ((finalLsn: Lsn | null) => void) | undefined;

  constructor(region: RegionName, queue: EventQueue, dice: Dice, directory: DataDirectory) {
    this.region = region;
    this.queue = queue;
    this.dice = dice;
    this.directory = directory;
    this.process = new SimProcess(`postgres.${region}`, region, queue, dice);
    this.process.onKill = () => this.#died();
  }

  get isPrimary(): boolean {
    return this.state === "running" && !this.directory.hasStandbySignal;
  }

  get isStandby(): boolean {
    return this.state === "running" && this.directory.hasStandbySignal;
  }

  get position(): number {
    return this.directory.log.length;
  }

  /** What the standby whose replication slot is active has flushed; null without one. */
  get confirmedPosition(): number | null {
    return this.sender === undefined ? null : this.sender.confirmed;
  }

  fsyncMs(): number {
    return (
      this.dice.between(0.5, 4) + (this.slowDiskMs === 0 ? 0 : this.dice.next() * this.slowDiskMs)
    );
  }

  /** Starts the server; recovery first. `term`: for which it is to be primary, null as a standby. */
  start(term: number | null, started: (as: "primary" | "standby") => void): void {
    if (this.process.isUp) return;
    if (this.isDiskFull || this.damage !== null) {
      this.queue.after(50, () => this.onExit());
      return;
    }
    const asStandby = term === null;
    // What a primary goes on to write is in no copy.
    if (!asStandby) {
      this.notes.quarantinedDataId = null;
      this.notes.reportedDataId = null;
    }
    if (asStandby) this.directory.hasStandbySignal = true;
    this.process.start();
    this.state = "starting";
    this.committedAt.clear();
    this.heardPrimaryAt = null;
    this.completeAt = null;
    // A restarted server has heard of no standby: whatever it holds is unconfirmed since now.
    this.lastConfirmed = 0;
    this.startedAt = this.queue.now;
    this.process.after(this.dice.between(70, 450), () => {
      const { directory } = this;
      this.state = "running";
      this.slotChangedAt = this.queue.now;
      directory.replayed = directory.log.length;
      // A standby's directory that is to be a primary is promoted: its timeline must be its own.
      if (directory.hasStandbySignal && term !== null) this.#fork(term);
      else if (!asStandby) directory.controlTimeline = directory.timeline;
      this.isReceiverWanted = asStandby;
      started(asStandby ? "standby" : "primary");
    });
  }

  #fork(term: number): void {
    forkTimeline(this.directory);
    this.onPromoted(term);
    // The next timed checkpoint; until then pg_control shows the old timeline.
    this.process.after(this.dice.between(1_000, 120_000), () => this.checkpoint());
  }

  /** A smart end: sessions go, a shutdown checkpoint is written and offered to the standby, then the server ends. */
  stopFast(stopped: (finalLsn: Lsn | null) => void): void {
    if (!this.process.isUp || this.state === "starting") {
      this.stopImmediate(stopped, true);
      return;
    }
    const life = this.process.life;
    this.process.run(life, () => {
      const wasPrimary = this.isPrimary;
      this.state = "stopping";
      this.#onceStopped = stopped;
      this.#breakSessions();
      this.process.after(this.dice.between(10, 30), () => {
        if (wasPrimary) append(this.directory, this.#record("checkpoint", "shutdown"));
        this.directory.controlTimeline = this.directory.timeline;
        this.sender?.ship();
        this.#finishStop(wasPrimary);
      });
      this.process.after(stopWithinMs, () => this.process.kill());
    });
  }

  /** SIGKILL and no checkpoint; the next start recovers. Whoever started it sees its child end, unless it asked for it. */
  stopImmediate(stopped: (finalLsn: Lsn | null) => void, isOwn: boolean): void {
    this.#onceStopped = undefined;
    if (this.process.isUp) {
      const exit = this.onExit;
      if (isOwn) this.onExit = () => undefined;
      this.process.kill();
      this.onExit = exit;
    }
    this.queue.after(this.dice.between(5, 20), () => stopped(null));
  }

  /** One transaction of one session, from its first statement to its COMMIT. */
  execute(transaction: Transaction): void {
    const process = this.process;
    if (!process.isUp || this.state !== "running") {
      this.queue.after(1, () => transaction.done({ kind: "broken" }));
      return;
    }
    process.run(process.life, () => {
      const refusal = this.#refusal(transaction.record);
      if (refusal !== undefined) {
        transaction.done({ kind: "refused", why: refusal });
        return;
      }
      this.#inFlight.add(transaction);
      process.after(this.dice.between(0.5, 3) + this.fsyncMs(), () => this.#commit(transaction));
    });
  }

  /** The session asks for its wait to end: it has committed here, and is told so by a warning. */
  cancelWait(done: (result: CommitResult) => void): void {
    const index = this.#waiters.findIndex((waiter) => waiter.done === done);
    const waiter = this.#waiters[index];
    if (waiter === undefined) return;
    this.#waiters.splice(index, 1);
    done({ kind: "committed", position: waiter.position, isWarned: true });
  }

  /** Every session that waits is told that it has committed here only. */
  cancelAllWaits(): void {
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const { done, position } of waiting) done({ kind: "committed", position, isWarned: true });
  }

  /** `synchronous_standby_names` and a reload. Without a name, whoever waits is let go, and told nothing. */
  setSyncNames(names: string): void {
    this.directory.syncNames = names;
    if (names === "") this.#release(Number.POSITIVE_INFINITY);
  }

  /** What the standby named in `synchronous_standby_names` says it has flushed. */
  standbyFlushed(position: number): void {
    if (this.directory.syncNames !== "") this.#release(position);
  }

  promote(
    term: number,
    promoted: (timeline: number, startLsn: Lsn) => void,
    failed: () => void,
  ): void {
    if (!this.isStandby) {
      failed();
      return;
    }
    const toReplay = this.directory.log.length - this.directory.replayed;
    this.isReceiverWanted = false;
    this.receiver?.close();
    this.process.after(this.dice.between(60, 160) + toReplay * 2, () => {
      if (!this.isStandby) return;
      this.directory.replayed = this.directory.log.length;
      this.#fork(term);
      promoted(this.directory.timeline, lsnAt(this.directory.promotedAt));
    });
  }

  checkpoint(): void {
    if (this.isPrimary) this.directory.controlTimeline = this.directory.timeline;
  }

  /** Session-level view of the newest term: what `select max(term) from continuity.terms` answers. */
  newestTerm(): number {
    return newestTerm(this.directory);
  }

  /** How old the oldest commit is that the standby was not heard to have; 0 when it has all. */
  unconfirmedForMs(): number {
    if (this.lastConfirmed >= this.position) return 0;
    const at = this.committedAt.get(this.lastConfirmed + 1);
    return this.queue.now - (at ?? this.startedAt);
  }

  #record(kind: WalRecord["kind"], key: string): WalRecord {
    return { kind, key, term: newestTerm(this.directory), site: this.region };
  }

  #refusal(record: WalRecord): Refusal | undefined {
    if (this.directory.hasStandbySignal) return "read-only";
    if (this.isDiskFull) return "disk-full";
    const carriesTerm = record.kind === "write" || record.kind === "audit";
    if (carriesTerm && record.term !== newestTerm(this.directory)) return "term";
    return undefined;
  }

  #commit(transaction: Transaction): void {
    if (!this.#inFlight.delete(transaction)) return;
    const { record } = transaction;
    if (record.kind === "write" && this.directory.keys.has(record.key)) {
      transaction.done({ kind: "refused", why: "duplicate" });
      return;
    }
    const position = append(this.directory, record);
    this.committedAt.set(position, this.queue.now);
    this.sender?.ship();
    this.onWritten(record);
    if (transaction.waitsForStandby && this.directory.syncNames !== "") {
      if ((this.sender?.confirmed ?? -1) < position) {
        this.#waiters.push({ position, done: transaction.done });
        return;
      }
    }
    transaction.done({ kind: "committed", position, isWarned: false });
  }

  #release(position: number): void {
    const waiters = this.#waiters;
    let count = 0;
    while (count < waiters.length && (waiters[count] as Waiter).position <= position) count += 1;
    if (count === 0) return;
    this.#waiters = waiters.slice(count);
    for (let index = 0; index < count; index += 1) {
      const waiter = waiters[index] as Waiter;
      waiter.done({ kind: "committed", position: waiter.position, isWarned: false });
    }
  }

  /** The server waits for its standby to have the shutdown checkpoint, as long as that connection lives. */
  #finishStop(wasPrimary: boolean): void {
    const isShipped = this.sender === undefined || this.sender.confirmed >= this.position;
    if (!isShipped) {
      this.process.after(10, () => this.#finishStop(wasPrimary));
      return;
    }
    const stopped = this.#onceStopped;
    const exit = this.onExit;
    this.#onceStopped = undefined;
    this.onExit = () => undefined;
    this.process.kill();
    this.onExit = exit;
    stopped?.(wasPrimary ? lsnAt(this.position) : null);
  }

  #breakSessions(): void {
    const broken = [...this.#inFlight].map((transaction) => transaction.done);
    this.#inFlight.clear();
    for (const waiter of this.#waiters) broken.push(waiter.done);
    this.#waiters = [];
    for (const done of broken) this.queue.after(0.2, () => done({ kind: "broken" }));
  }

  #died(): void {
    this.state = "down";
    this.sender?.close();
    this.receiver?.close();
    this.isReceiverWanted = false;
    this.#breakSessions();
    const stopped = this.#onceStopped;
    this.#onceStopped = undefined;
    if (stopped !== undefined) stopped(null);
    else this.onExit();
  }
}
