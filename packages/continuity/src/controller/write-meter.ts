import { type Lsn, lsnBytes, type SiteRecord } from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { PostgresSql } from "../postgres/index.ts";

/** More log than this between two looks is not read: at 64 MB the count took longer than the half second between beats. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;
const PEAK_WITHIN_MS = 60_000;

export type Written = NonNullable<SiteRecord["written"]>;

/** Counts the rows that this primary writes, from its own log, look by look. */
export class WriteMeter {
  readonly #sql: PostgresSql;
  readonly #clock: Clock;
  readonly #log: Logger;
  #written: (Written & { readonly atMs: number }) | null = null;
  #rates: { readonly perSecond: number; readonly atMs: number }[] = [];
  #openCalls: number | null = null;
  #isUnderWay = false;

  constructor(sql: PostgresSql, clock: Clock, log: Logger) {
    this.#sql = sql;
    this.#clock = clock;
    this.#log = log;
  }

  /** As of the last look; null: nothing was counted yet, or it cannot be counted here. */
  get written(): Written | null {
    if (this.#written === null) return null;
    const { since, upTo, rows, peakPerSecond } = this.#written;
    return { since, upTo, rows, peakPerSecond };
  }

  get openCalls(): number | null {
    return this.#openCalls;
  }

  /** One look, beside the beat; one that takes long is waited for, not joined by another. */
  async look(isPrimary: boolean, signal: AbortSignal): Promise<void> {
    if (!isPrimary) return this.#forget();
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    try {
      const [upTo, openCalls] = await Promise.all([
        this.#sql.flushedLsn(signal),
        this.#sql.openCalls(signal),
      ]);
      this.#openCalls = openCalls;
      this.#written = await this.#count(upTo, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      this.#log.debug({ error: describeError(thrown) }, "written rows are not counted");
      this.#forget();
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #count(upTo: Lsn, signal: AbortSignal): Promise<Written & { atMs: number }> {
    const now = this.#clock.monotonicMs();
    const last = this.#written;
    const isTooMuch = last !== null && lsnBytes(upTo) - lsnBytes(last.upTo) > LOG_BYTES_MAX;
    if (last === null || isTooMuch) {
      this.#rates = [];
      await this.#sql.ensureLogReader(signal);
      return { since: upTo, upTo, rows: 0, peakPerSecond: 0, atMs: now };
    }
    const isSame = lsnBytes(upTo) <= lsnBytes(last.upTo);
    const more = isSame ? 0 : await this.#sql.rowsWritten(last.upTo, upTo, signal);
    const seconds = Math.max(0.1, (now - last.atMs) / 1_000);
    this.#rates.push({ perSecond: more / seconds, atMs: now });
    this.#rates = this.#rates.filter(({ atMs }) => atMs >= now - PEAK_WITHIN_MS);
    const peakPerSecond = Math.max(...this.#rates.map(({ perSecond }) => perSecond));
    return {
      since: last.since,
      upTo: isSame ? last.upTo : upTo,
      rows: last.rows + more,
      peakPerSecond: Math.round(peakPerSecond * 10) / 10,
      atMs: now,
    };
  }

  #forget(): void {
    this.#written = null;
    this.#rates = [];
    this.#openCalls = null;
  }
}
