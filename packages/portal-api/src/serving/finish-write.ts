import { describeError } from "@careline/platform";
import { headerNames } from "@careline/portal-contract";
import type { CommitOutcome } from "../database/index.ts";
import { acknowledge, type CommitPlan } from "./durability.ts";
import type { Outgoing } from "./exchange.ts";
import { type EncodedAnswer, outgoing } from "./outgoing.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A commit that the database answered. */
export interface Committed {
  readonly plan: CommitPlan;
  readonly outcome: CommitOutcome;
}

/** All effects of one unit of work together; then the answer goes out without them. */
const effectsMs = 2_000;

type EffectDeps = Pick<ServingDeps, "permit" | "events" | "clock" | "log">;

/** Events and effects, each only while the permit holds (continuity.md, invariant 1). Errors: OUTCOME_UNKNOWN before any of them. */
export async function runEffects(
  commit: Committed,
  unit: UnitOfWork,
  deps: EffectDeps,
  signal: AbortSignal,
): Promise<void> {
  const { permit } = deps;
  acknowledge(commit.plan, commit.outcome.warned, permit.current(), permit.durability);
  for (const event of unit.events) deps.events.publish(event);
  if (unit.effects.length === 0) return;
  const limit = AbortSignal.any([signal, deps.clock.deadline(effectsMs)]);
  for (const effect of unit.effects) {
    acknowledge(commit.plan, commit.outcome.warned, permit.current(), permit.durability);
    try {
      await effect(limit);
    } catch (thrown) {
      // The rows are committed; the loop that owns the effect makes it again.
      deps.log.warn({ error: describeError(thrown) }, "an effect after commit failed");
    }
  }
}

/** The check and the answer in one synchronous step. Errors: OUTCOME_UNKNOWN. */
export function finishWrite(
  commit: Committed,
  answer: EncodedAnswer,
  headers: Readonly<Record<string, string>>,
  deps: Pick<ServingDeps, "permit">,
): Outgoing {
  const { permit } = deps;
  const durability = acknowledge(
    commit.plan,
    commit.outcome.warned,
    permit.current(),
    permit.durability,
  );
  return outgoing(answer, {
    ...headers,
    [headerNames.position]: `${commit.plan.term}/${commit.outcome.lsn}`,
    [headerNames.durability]: durability,
  });
}
