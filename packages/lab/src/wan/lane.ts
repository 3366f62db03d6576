import type { Socket } from "node:net";
import type { Clock } from "@careline/platform";
import type { Link, Traveller } from "./link.ts";

type Parcel =
  | { readonly kind: "bytes"; readonly dueMs: number; readonly chunk: Buffer }
  | { readonly kind: "end" | "reset"; readonly dueMs: number };

/**
 * Bytes on their way in one lane before its sender is asked to wait. Like a TCP window: enough for
 * 1 Gbit/s over 30 ms, and a bound on memory when a link is cut while its sender goes on.
 */
const bytesUnderWayMax = 4 * 1024 * 1024;
/** Timers have a millisecond's grain: what is due within half of one is due. */
const dueToleranceMs = 0.5;

/** One direction of one connection: parcels in order, each delivered when it has arrived. */
export class Lane implements Traveller {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #source: Socket;
  #sink: Socket | null = null;
  readonly #parcels: Parcel[] = [];
  #head = 0;
  #bytesUnderWay = 0;
  #lastDueMs = 0;
  #departsAtMs: number;
  #isSinkFull = false;
  #isOver = false;
  #cancelTimer: (() => void) | null = null;
  readonly #onReset: () => void;

  /** `departsAtMs`: nothing starts its way before, as nothing is sent before a handshake is done. */
  constructor(link: Link, clock: Clock, source: Socket, departsAtMs: number, onReset: () => void) {
    this.#link = link;
    this.#clock = clock;
    this.#source = source;
    this.#departsAtMs = departsAtMs;
    this.#onReset = onReset;
    link.join(this);
    source.on("data", (chunk: Buffer) => this.#add(chunk));
    source.on("end", () => this.#close("end"));
    source.on("error", () => this.#close("reset"));
    source.on("close", () => this.#close("end"));
    // A proxy's caller was paused while its request was read.
    source.resume();
  }

  /** The other end is there: parcels can be delivered. */
  connect(sink: Socket): void {
    this.#sink = sink;
    sink.on("drain", () => {
      this.#isSinkFull = false;
      this.resume();
    });
    sink.on("close", () => this.#finish());
    this.resume();
  }

  /** The caller went away before there was another end. */
  abandon(): void {
    this.#finish();
  }

  reset(): void {
    this.#onReset();
  }

  resume(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const sink = this.#sink;
    if (sink === null || this.#isOver) return;
    while (!this.#isSinkFull && !this.#link.isBlocked()) {
      const parcel = this.#parcels[this.#head];
      if (parcel === undefined) return;
      const waitMs = parcel.dueMs - this.#clock.monotonicMs();
      if (waitMs > dueToleranceMs) {
        this.#cancelTimer = this.#clock.after(waitMs, () => this.resume());
        return;
      }
      this.#takeHead();
      this.#link.noteDelivered(parcel.dueMs);
      this.#deliver(sink, parcel);
      if (this.#isOver) return;
    }
  }

  #add(chunk: Buffer): void {
    this.#bytesUnderWay += chunk.length;
    this.#enqueue({ kind: "bytes", dueMs: this.#dueMs(chunk.length), chunk });
    if (this.#bytesUnderWay > bytesUnderWayMax) this.#source.pause();
  }

  #close(kind: "end" | "reset"): void {
    const last = this.#parcels.at(-1);
    if (this.#isOver || (last !== undefined && last.kind !== "bytes")) return;
    this.#enqueue({ kind, dueMs: this.#dueMs(0) });
  }

  #dueMs(bytes: number): number {
    const startMs = Math.max(this.#clock.monotonicMs(), this.#departsAtMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#link.arrivalMs(startMs, bytes));
    return this.#lastDueMs;
  }

  #enqueue(parcel: Parcel): void {
    this.#parcels.push(parcel);
    if (this.#cancelTimer === null) this.resume();
  }

  #takeHead(): void {
    this.#head += 1;
    // Moving the rest at each step would cost O(n²) on a long queue.
    if (this.#head >= 1024) {
      this.#parcels.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #deliver(sink: Socket, parcel: Parcel): void {
    switch (parcel.kind) {
      case "bytes":
        this.#bytesUnderWay -= parcel.chunk.length;
        if (!sink.destroyed && !sink.writableEnded) this.#isSinkFull = !sink.write(parcel.chunk);
        if (this.#source.isPaused() && this.#bytesUnderWay < bytesUnderWayMax / 2) {
          this.#source.resume();
        }
        return;
      case "end":
        sink.end();
        this.#finish();
        return;
      case "reset":
        sink.resetAndDestroy();
        this.#finish();
        return;
    }
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#parcels.length = 0;
    this.#link.leave(this);
    // Whatever the source still says goes nowhere; reading on lets its own close be noticed.
    this.#source.resume();
  }
}
