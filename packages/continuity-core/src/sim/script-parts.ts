import { defaultParameters, type Parameters } from "../parameters.ts";
import type { Fault, ScheduledFault } from "./fault.ts";

/** The installation is protected and calm by then. */
export const fromMs = 10_000;

export const at = (atMs: number, fault: Fault): ScheduledFault => ({ atMs, fault });

/** A plan with a guard that is sound for anything up to P = Q = 3 s. */
export const plan = (change: Partial<Parameters>): Parameters => ({
  ...defaultParameters,
  guardMs: 300,
  ...change,
});

/** P = Q = 5 s with a guard that is just sound for clocks that drift by 4 %. */
export const slowPlan: Parameters = {
  ...defaultParameters,
  promiseMs: 5_000,
  leaseMs: 5_000,
  guardMs: 430,
  weakenAfterMs: 8_000,
};

/** P = Q = 12 s with a guard that is just sound: what clocks may drift apart is longer than a promotion takes. */
export const verySlowPlan: Parameters = {
  ...defaultParameters,
  promiseMs: 12_000,
  leaseMs: 12_000,
  guardMs: 1_010,
  weakenAfterMs: 16_000,
};

/** The primary cannot reach the quorum while the promises of the other region's keeper still reach it. */
export const livingByPromises = (
  startMs: number,
  delayMs: number,
  forMs: number,
): readonly ScheduledFault[] => [
  at(startMs, { kind: "pause", process: "etcd.east", forMs }),
  at(startMs, { kind: "cut", from: "east", to: "witness", isBothWays: true, forMs }),
  // A promise is one way there and one back; an answer of the quorum is two and a majority more, and comes too late.
  at(startMs, { kind: "slow-link", from: "west", to: "east", delayMs, loss: 0, forMs }),
];
