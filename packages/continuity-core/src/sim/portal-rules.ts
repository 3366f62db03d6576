/**
 * What docs/reference/site-contracts.md asks of a portal. The portal's own code may not be imported here, so the
 * simulator holds these sentences as a model; the mutation check breaks them one at a time.
 */
export interface PortalRules {
  /** "It counts a permit's remaining time from *before* it asked." */
  permitCountsFrom(askedAtMs: number, answeredAtMs: number): number;
  /** "Only the answer to its newest question counts." */
  countsAnswer(answered: number, newest: number): boolean;
  /** "The permit is checked again after commit and before the acknowledgement." */
  readonly checksPermitAfterCommit: boolean;
  /** "Only if the generation was on and the same before COMMIT and at the permit check." */
  isSameGeneration(before: number, now: number, isOnNow: boolean): boolean;
  /** "COMMIT returned without warning, time-out or reconnect." */
  readonly mindsWarnings: boolean;
  /** "A replayed answer of a `geo` write first commits its own audit row as `geo`." */
  readonly replayCommitsAudit: boolean;
  /** "A position is read after COMMIT on the same connection." */
  readonly readsPositionAfterCommit: boolean;
}

export const portalRules: PortalRules = {
  permitCountsFrom: (askedAtMs) => askedAtMs,
  countsAnswer: (answered, newest) => answered === newest,
  checksPermitAfterCommit: true,
  isSameGeneration: (before, now, isOnNow) => isOnNow && before === now,
  mindsWarnings: true,
  replayCommitsAudit: true,
  readsPositionAfterCommit: true,
};
