import { PortalError } from "../problems/index.ts";

/** What the local PostgreSQL says about itself. */
export interface LocalCopy {
  readonly isStandby: boolean;
  /** Whether it is receiving the log of a living primary. */
  readonly isReceiving: boolean;
  /** Since the last replayed commit, or the last checkpoint when none was replayed since its start; null unknown. */
  readonly replayedAgoMs: number | null;
}

/**
 * How old the local copy may be, or why it must not be read. `lostPermitAgoMs`: since this process last held a permit; null never.
 * While a standby receives, a primary lives: some region serves or is about to, so this is no emergency.
 * Errors: NOT_PRIMARY, READ_UNAVAILABLE.
 */
export function dataAgeMs(copy: LocalCopy, lostPermitAgoMs: number | null): number {
  if (copy.isStandby) {
    if (copy.isReceiving) throw new PortalError("NOT_PRIMARY", "the other region's database lives");
    if (copy.replayedAgoMs === null)
      throw new PortalError("READ_UNAVAILABLE", "the age of the copy is unknown");
    return Math.max(0, copy.replayedAgoMs);
  }
  // A region that lost its permit and whose database still runs: others may have written since then.
  if (lostPermitAgoMs === null)
    throw new PortalError("READ_UNAVAILABLE", "this region has not held a permit yet");
  return lostPermitAgoMs;
}
