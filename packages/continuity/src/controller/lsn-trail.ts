import { type Lsn, lsnBytes } from "@careline/continuity-core";

/** At most this many marks; the oldest beyond it are merged away, which only makes ages larger. */
const MARKS_MAX = 256;

/**
 * When positions of a growing log were first seen. Answers how long ago the log stood where a
 * confirmation has come to, on the clock of whoever marks.
 */
export class LsnTrail {
  #marks: { readonly bytes: number; readonly atMs: number }[] = [];

  mark(lsn: Lsn, nowMs: number): void {
    const bytes = lsnBytes(lsn);
    const last = this.#marks.at(-1);
    if (last !== undefined && bytes <= last.bytes) return;
    this.#marks.push({ bytes, atMs: nowMs });
    if (this.#marks.length > MARKS_MAX) this.#marks.splice(1, 1);
  }

  /** How long the oldest position beyond `confirmed` has existed; 0 when nothing lies beyond it. */
  unconfirmedForMs(confirmed: Lsn | null, nowMs: number): number {
    const limit = confirmed === null ? -1 : lsnBytes(confirmed);
    const first = this.#marks.find((mark) => mark.bytes > limit);
    return first === undefined ? 0 : nowMs - first.atMs;
  }

  /** Age of the newest mark at or below `reached`: nothing written before it is missing. Null: no such mark. */
  caughtUpAgeMs(reached: Lsn, nowMs: number): number | null {
    const limit = lsnBytes(reached);
    const newest = this.#marks.findLast((mark) => mark.bytes <= limit);
    if (newest === undefined) return null;
    const isNewestOfAll = newest === this.#marks.at(-1);
    return nowMs - (isNewestOfAll ? Math.max(newest.atMs, this.#confirmedAtMs) : newest.atMs);
  }

  /** The log was still at its newest mark when this was seen. */
  confirmNewest(nowMs: number): void {
    this.#confirmedAtMs = nowMs;
  }

  forget(): void {
    this.#marks = [];
    this.#confirmedAtMs = Number.NEGATIVE_INFINITY;
  }

  #confirmedAtMs = Number.NEGATIVE_INFINITY;
}
