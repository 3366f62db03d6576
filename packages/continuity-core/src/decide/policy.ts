import { defaultParameters } from "../parameters.ts";

/** What the plan of a protected system allows. */
export interface Policy {
  /** An automatic promotion of a standby that is not recorded as safe may lose at most this; 0: nothing. */
  readonly rpoMs: number;
  readonly weakenAfterMs: number;
  /** The standby has streamed this long before it is made synchronous again (anti-flap). */
  readonly strengthenAfterMs: number;
  /** And lags by at most this. */
  readonly strengthenLagBytesMax: number;
  readonly vetoMs: number;
  /** After a *completed* failover the next automatic one waits this long; failed and superseded runs do not count. */
  readonly cooldownMs: number;
  /** Automatic failovers that may complete within an hour; the next one is a person's. Only completed ones count. */
  readonly failoversPerHourMax: number;
  /** A standby that does not stream for this long is rejoined anew. */
  readonly rejoinAfterMs: number;
  /** A released term that nobody took is taken back after this. */
  readonly takeBackAfterMs: number;
  /** A quorum answer older than this is no basis for anything destructive. */
  readonly quorumAgeMaxMs: number;
  /** Writes of class geo while unprotected are acknowledged, and labelled so. */
  readonly acceptUnprotected: boolean;
}

export const defaultPolicy: Policy = {
  rpoMs: 5_000,
  weakenAfterMs: defaultParameters.weakenAfterMs,
  strengthenAfterMs: 1_000,
  strengthenLagBytesMax: 16 * 1024 * 1024,
  vetoMs: defaultParameters.vetoMs,
  cooldownMs: 10_000,
  failoversPerHourMax: 3,
  rejoinAfterMs: 10_000,
  takeBackAfterMs: 10_000,
  quorumAgeMaxMs: 3_000,
  acceptUnprotected: true,
};
