import { orderedRun, type RunOrder } from "../procedures/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { aPrimarySeen, aView, someTime } from "./scene.ts";

/** For tests: what otto orders unless a test says otherwise. */
export const switchoverOrder: RunOrder = {
  kind: "switchover",
  to: "west",
  by: "otto",
  reason: "maintenance",
  force: false,
  acceptGeoLoss: false,
  ignored: [],
};

/** For tests: a switchover to west, ordered and not begun. */
export function aSwitchover(changes: Partial<RunRecord> = {}): RunRecord {
  return { ...orderedRun(aPrimarySeen(), aView(), switchoverOrder), ...changes };
}

/** For tests: the run with all steps before the named one done, and that one begun by `begunBy`; null: by nobody yet. */
export function atStep(
  run: RunRecord,
  name: string,
  begunBy: string | null = "controller-east-1",
): RunRecord {
  const index = run.steps.findIndex((step) => step.definition.name === name);
  const steps = run.steps.map((step, own): StepRecord => {
    if (own < index) return { ...step, state: { kind: "done", evidence: [], tookMs: 1 } };
    if (own > index || begunBy === null) return step;
    return { ...step, attempt: 1, state: { kind: "running", by: begunBy, since: someTime } };
  });
  return { ...run, steps };
}
