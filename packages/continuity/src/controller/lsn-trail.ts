import { type Lsn, lsnBytes } from "@careline/continuity-core";

/** At most this many marks; the oldest beyond it are merged away, which only makes ages larger. */
const MARKS_MAX = 256;

/**
 * When positions of a growing log were first seen. Answers how long ago the log stood where a
 * confirmation has come to, on the clock of whoever marks.
 */
export class LsnTrail {
  /** `atMs`: when the log was first seen there; `seenMs`: when it was last seen to stand there still. */
  #marks: { readonly bytes: number; readonly atMs: number; seenMs: number }[] = [];

  mark(lsn: Lsn, nowMs: number): void {
    const bytes = lsnBytes(lsn);
    const last = this.#marks.at(-1);
    if (last !== undefined && bytes <= last.bytes) return;
    this.#marks.push({ bytes, atMs: nowMs, seenMs: nowMs });
    if (this.#marks.length > MARKS_MAX) this.#marks.splice(1, 1);
  }

  /** How long the oldest position beyond `confirmed` has existed; 0 when nothing lies beyond it. */
  unconfirmedForMs(confirmed: Lsn | null, nowMs: number): number {
    const limit = confirmed === null ? -1 : lsnBytes(confirmed);
    const first = this.#marks.find((mark) => mark.bytes > limit);
    return first === undefined ? 0 : nowMs - first.atMs;
  }

  /** Since the log was last seen to stand at or below `reached`: nothing written before that is missing. Null: it never was. */
  caughtUpAgeMs(reached: Lsn, nowMs: number): number | null {
    const limit = lsnBytes(reached);
    const newest = this.#marks.findLast((mark) => mark.bytes <= limit);
    return newest === undefined ? null : nowMs - newest.seenMs;
  }

  /** The log was still at its newest mark when this was seen. */
  confirmNewest(nowMs: number): void {
    const newest = this.#marks.at(-1);
    if (newest !== undefined) newest.seenMs = Math.max(newest.seenMs, nowMs);
  }

  forget(): void {
    this.#marks = [];
  }
}
