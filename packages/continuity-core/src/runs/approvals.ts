import type { Approval, RunRecord, StepRecord } from "./run-record.ts";

/** Whether a person's approval counts. Nothing but the simulator's test build ever passes another rule. */
export type MayApprove = (run: RunRecord, by: string) => boolean;

/** "By two people other than whoever ordered it." */
export const mayApprove: MayApprove = (run, by) => by !== run.orderedBy;

/**
 * Why a step may not begin yet, or null. Each required role needs a person of its own; an approver may stand in for an operator, and
 * nobody who ordered the run counts as its approver.
 */
export function whyNotApproved(
  run: RunRecord,
  step: StepRecord,
  counts: MayApprove = mayApprove,
): string | null {
  const { approvals: required, name } = step.definition;
  if (required.length === 0) return null;
  const given = run.approvals.filter((each) => each.step === name);
  return isCovered(required, given, (by) => counts(run, by))
    ? null
    : `${name} waits for ${required.join(" and ")}`;
}

function isCovered(
  required: readonly string[],
  given: readonly Approval[],
  counts: (by: string) => boolean,
): boolean {
  const used = new Set<string>();
  // The stricter role first, so that an approver is not used up as an operator.
  for (const role of [...required].sort()) {
    const person = given.find((each) => {
      const fits = each.role === role || each.role === "approver";
      return fits && !used.has(each.by) && (role !== "approver" || counts(each.by));
    });
    if (person === undefined) return false;
    used.add(person.by);
  }
  return true;
}
