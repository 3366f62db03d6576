/**
 * The durations that continuity rests on (design: continuity.md, "Parameters"). All in milliseconds, each measured on
 * the monotonic clock of the process that counts it.
 */
export interface Parameters {
  /** P: how long a promise extends a permit, counted by the asker from before it asked. */
  readonly promiseMs: number;
  /** Q: how long a renewal of the lease is worth, counted by the holder from before it sent. */
  readonly leaseMs: number;
  /** R: the lease is renewed, the promise asked and the quorum read each R. */
  readonly renewMs: number;
  /** Added by every observer to P and Q; covers the difference of clock rates. */
  readonly guardMs: number;
  /** ρ: each monotonic clock runs within 1 ± ρ of true time, slewing included. */
  readonly clockRateError: number;
  /** L: round trip between the data sites. */
  readonly roundTripMs: number;
  /** Portals ask for their permit this often, and at once after a change line. */
  readonly permitPullMs: number;
  /** A request to etcd or to the other keeper is given up after this long; it may still be applied later. */
  readonly requestTimeoutMs: number;
  /** The keeper stops renewing when its controller was silent for this long. */
  readonly controllerSilenceMs: number;
  /** A primary without its standby goes on synchronously for this long before it weakens. */
  readonly weakenAfterMs: number;
  /** PostgreSQL's wal_sender_timeout. */
  readonly walSenderTimeoutMs: number;
  /** S: worst late timer or event-loop stall of a process. */
  readonly stallMs: number;
  /** S(fsync): worst fdatasync under etcd. */
  readonly fsyncStallMs: number;
  /** A site that sees the primary serving after the lapse holds a take-over back for at most this long. */
  readonly vetoMs: number;
}

/** P = Q = 1.25 s, R = 0.25 s, guard 5 % + 50 ms: continuity.md, "Parameters"; stalls as seen on a 2-core machine (lab notes). */
export const defaultParameters: Parameters = {
  promiseMs: 1_250,
  leaseMs: 1_250,
  renewMs: 250,
  guardMs: guardFor(1_250),
  clockRateError: 0.04,
  roundTripMs: 60,
  permitPullMs: 100,
  requestTimeoutMs: 400,
  controllerSilenceMs: 10_000,
  weakenAfterMs: 5_000,
  walSenderTimeoutMs: 2_000,
  stallMs: 75,
  fsyncStallMs: 248,
  vetoMs: 5_000,
};

/** For regions that are far apart: P = Q = 3 s, R = 0.5 s. */
export const distantParameters: Parameters = {
  ...defaultParameters,
  promiseMs: 3_000,
  leaseMs: 3_000,
  renewMs: 500,
  guardMs: guardFor(3_000),
  requestTimeoutMs: 800,
  roundTripMs: 200,
  weakenAfterMs: 8_000,
};

/**
 * 5 % + 50 ms of the longer of P and Q, and never less than the drift needs: beyond 1.5 s the drift needs more
 * (3 s at ρ = 4 %: 250 ms, where 5 % + 50 ms are only 200).
 */
export function guardFor(longestMs: number, clockRateError = 0.04): number {
  return Math.max(longestMs * 0.05 + 50, driftMs(longestMs, clockRateError));
}

/** 2ρP/(1−ρ): how much earlier the fastest clock ends a duration P than the slowest does, on the fastest clock. */
function driftMs(durationMs: number, clockRateError: number): number {
  return (2 * clockRateError * durationMs) / (1 - clockRateError);
}

/** The longest time for which a permit of this plan may outlive its last confirmation. */
export function longestPermitMs(parameters: Parameters): number {
  return Math.max(parameters.promiseMs, parameters.leaseMs);
}

/** One inequality between parameters, with the numbers that broke it. */
export interface ParameterFault {
  readonly rule:
    | "guard-covers-drift"
    | "promise-not-lapsing-falsely"
    | "lease-not-lapsing-falsely"
    | "promise-covers-three-renewals"
    | "weakening-after-fencing"
    | "request-before-lapse"
    | "positive";
  /** `safety` faults make two regions acknowledge; `availability` faults pause writes without need. */
  readonly severity: "safety" | "availability";
  readonly sentence: string;
}

interface Inequality {
  readonly rule: ParameterFault["rule"];
  readonly severity: ParameterFault["severity"];
  readonly left: (p: Parameters) => number;
  readonly right: (p: Parameters) => number;
  readonly reads: string;
}

const inequalities: readonly Inequality[] = [
  {
    rule: "guard-covers-drift",
    severity: "safety",
    left: (p) => p.guardMs,
    right: (p) => driftMs(longestPermitMs(p), p.clockRateError),
    reads: "guard ≥ 2ρP/(1−ρ)",
  },
  {
    rule: "promise-not-lapsing-falsely",
    severity: "availability",
    left: (p) => p.promiseMs,
    right: (p) => p.renewMs + p.roundTripMs + p.permitPullMs + p.stallMs,
    reads: "P ≥ R + L + pull + S",
  },
  {
    rule: "lease-not-lapsing-falsely",
    severity: "availability",
    left: (p) => p.leaseMs,
    right: (p) => p.renewMs + 2 * p.roundTripMs + p.permitPullMs + p.stallMs + p.fsyncStallMs,
    reads: "Q ≥ R + 2L + pull + S(event loop) + S(fsync)",
  },
  {
    rule: "promise-covers-three-renewals",
    severity: "availability",
    left: (p) => p.promiseMs,
    right: (p) => 3 * p.renewMs + 2 * p.roundTripMs,
    reads: "P ≥ 3R + 2L",
  },
  {
    rule: "weakening-after-fencing",
    severity: "safety",
    left: (p) => p.weakenAfterMs,
    right: (p) => longestPermitMs(p) + p.guardMs + p.walSenderTimeoutMs + 1,
    reads: "weakening delay > max(P, Q) + guard + wal_sender_timeout",
  },
  {
    rule: "request-before-lapse",
    severity: "availability",
    left: (p) => p.leaseMs,
    right: (p) => p.renewMs + 2 * p.requestTimeoutMs,
    reads: "Q ≥ R + two request time-outs",
  },
];

/** Every inequality that these parameters break; empty when they are sound. A daemon refuses to start on a `safety` fault. */
export function checkParameters(parameters: Parameters): readonly ParameterFault[] {
  const faults: ParameterFault[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (!(value > 0)) {
      faults.push({ rule: "positive", severity: "safety", sentence: `${name} is ${value}` });
    }
  }
  for (const each of inequalities) {
    const left = each.left(parameters);
    const right = each.right(parameters);
    if (left >= right) continue;
    const sentence = `${each.reads} does not hold: ${left} < ${right} ms`;
    faults.push({ rule: each.rule, severity: each.severity, sentence });
  }
  return faults;
}
