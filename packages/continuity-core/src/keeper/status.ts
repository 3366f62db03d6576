import type { PermitReason } from "./effects.ts";
import { deadlineMs, permitReason, permitUntilMs } from "./permit.ts";
import { type KeeperRules, keeperRules } from "./rules.ts";
import type { KeeperState, Phase, PostgresState } from "./state.ts";

/** What a keeper tells its controller. Durations are as of the step that asked. */
export interface KeeperStatus {
  readonly phase: Phase["kind"];
  readonly reason: PermitReason;
  readonly bootId: string;
  readonly term: number | null;
  readonly primary: "east" | "west" | null;
  readonly postgres: PostgresState;
  readonly permitRemainingMs: number;
  readonly leaseRemainingMs: number;
  readonly promiseRemainingMs: number;
  /** Until both sources have lapsed as this standby sees them; 0 when they have, or a release was seen; null for a primary. */
  readonly lapsesInMs: number | null;
  readonly geo: { readonly on: boolean; readonly generation: number };
  readonly portals: number;
  readonly isSuspended: boolean;
  readonly acceptUnprotected: boolean;
}

const remaining = (untilMs: number, now: number): number =>
  Number.isFinite(untilMs) ? Math.max(0, untilMs - now) : 0;

export function keeperStatus(state: KeeperState, now: number): KeeperStatus {
  const until = permitUntilMs(state, keeperRules, now);
  const isStandby = state.phase.kind === "standby" && state.view !== null;
  const skipsWaits = state.view !== null && keeperRules.releaseSkipsWaits(state.view);
  return {
    phase: state.phase.kind,
    reason: permitReason(state, until !== null),
    bootId: state.bootId,
    term: state.view?.term.record?.term ?? null,
    primary: state.view?.term.record?.primary ?? null,
    postgres: state.postgres,
    permitRemainingMs: until === null ? 0 : until - now,
    leaseRemainingMs: remaining(state.leaseUntilMs, now),
    promiseRemainingMs: remaining(state.promiseUntilMs, now),
    lapsesInMs: isStandby ? (skipsWaits ? 0 : remaining(keeperRules.lapsesAtMs(state), now)) : null,
    geo: state.geo,
    portals: state.portals.size,
    isSuspended: state.isSuspended,
    acceptUnprotected: state.acceptUnprotected,
  };
}

/**
 * When the next `tick` is due: decisions happen on a timer at the lapse, not at the next round. Never later than a round.
 */
export function nextWakeMs(state: KeeperState, rules: KeeperRules = keeperRules): number {
  let wake = state.nextRoundAtMs;
  const consider = (at: number): void => {
    // What was due at the last step and did not happen waits for an event, not for time.
    if (at < wake && at > state.steppedAtMs) wake = at;
  };
  const { phase } = state;
  if (state.postgres === "primary" || state.postgres === "starting-primary")
    consider(deadlineMs(state, rules));
  if (phase.kind === "waiting-gate" && phase.step === "waiting")
    consider(rules.gateOpensAtMs(state));
  if (phase.kind === "resuming") consider(rules.gateOpensAtMs(state));
  if (phase.kind === "standby" && state.lapseReported !== state.view?.lease.revision)
    consider(rules.lapsesAtMs(state));
  if (phase.kind === "releasing" && phase.step === "finishing") consider(phase.untilMs);
  if (phase.kind === "releasing" && phase.step === "revoking")
    consider(rules.revocationCompleteAtMs(state, phase.change, "permit"));
  if (state.geoRevocation !== null)
    consider(rules.revocationCompleteAtMs(state, state.geoRevocation.change, "geo"));
  return wake;
}
