import { type Lsn, lsnBytes, type SiteSeen } from "@careline/continuity-core";
import { LsnTrail } from "./lsn-trail.ts";

/** As many beats as ten minutes have; the oldest beyond them go, and what lies below them is unknown then. */
const MARKS_MAX = 1_200;

interface RowMark {
  readonly bytes: number;
  readonly rows: number;
  readonly since: Lsn;
  readonly atMs: number;
}

/** What is missing at a position, at most; null: unknown. */
export interface Missing {
  readonly ageMs: number | null;
  readonly rows: number | null;
}

/**
 * The primary's heartbeats, kept for when it is gone: where its log stood, how many rows it had written, how many calls were open. With the
 * position that the standby has flushed they bound what a take-over loses.
 */
export class LossTrail {
  readonly #log = new LsnTrail();
  #rows: RowMark[] = [];
  #peakPerSecond = 0;
  #openCalls: number | null = null;
  #primary: string | null = null;
  #record: unknown = null;

  /** As last told by the primary. */
  get openCalls(): number | null {
    return this.#openCalls;
  }

  /** Takes in the primary's newest heartbeat; a repeat changes nothing. Another primary begins anew. */
  take(primary: string | null, seen: SiteSeen | undefined, nowMs: number): void {
    if (primary !== this.#primary) this.#forget(primary);
    if (seen === undefined || seen.record === this.#record) return;
    this.#record = seen.record;
    const { postgres, written, openCalls } = seen.record;
    if (postgres?.state !== "primary" || postgres.lsn === null) return;
    const atMs = nowMs - seen.ageMs;
    this.#log.mark(postgres.lsn, atMs);
    this.#log.confirmNewest(atMs);
    this.#openCalls = openCalls ?? null;
    if (written === null || written === undefined) this.#rows = [];
    else if (Number.isFinite(atMs)) this.#markRows({ ...written, atMs });
  }

  /** How old what lies beyond `reached` is, at most; the decision to take over asks this. */
  ageMs(reached: Lsn, nowMs: number): number | null {
    return this.#log.caughtUpAgeMs(reached, nowMs);
  }

  /**
   * What a standby that has flushed `reached` lacks. `lapsedForMs`: for how long the primary has certainly written nothing any more.
   * Rows after the newest heartbeat are taken at the highest rate of its last minute.
   */
  missing(reached: Lsn, lapsedForMs: number | null, nowMs: number): Missing {
    const endMs = nowMs - (lapsedForMs ?? 0);
    const ageMs = this.#log.caughtUpAgeMs(reached, nowMs);
    const newest = this.#rows.at(-1);
    const limit = lsnBytes(reached);
    const base = this.#rows.findLast((mark) => mark.bytes <= limit);
    const unheardMs = newest === undefined ? 0 : Math.max(0, endMs - newest.atMs);
    return {
      ageMs:
        ageMs === null || !Number.isFinite(ageMs) ? null : Math.max(0, ageMs - (lapsedForMs ?? 0)),
      rows:
        newest === undefined || base === undefined
          ? null
          : newest.rows - base.rows + Math.ceil((this.#peakPerSecond * unheardMs) / 1_000),
    };
  }

  #markRows(
    mark: { upTo: Lsn; since: Lsn; rows: number; peakPerSecond: number } & { atMs: number },
  ): void {
    const { since, rows, atMs } = mark;
    this.#peakPerSecond = mark.peakPerSecond;
    // A count that began anew says nothing about what lies before it.
    if (this.#rows.at(-1)?.since !== since) this.#rows = [];
    this.#rows.push({ bytes: lsnBytes(mark.upTo), rows, since, atMs });
    if (this.#rows.length > MARKS_MAX) this.#rows.shift();
  }

  #forget(primary: string | null): void {
    this.#primary = primary;
    this.#log.forget();
    this.#rows = [];
    this.#openCalls = null;
    this.#peakPerSecond = 0;
  }
}
