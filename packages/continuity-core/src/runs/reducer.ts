import type { Lsn } from "../lsn.ts";
import { type MayApprove, mayApprove, whyNotApproved } from "./approvals.ts";
import {
  type Approval,
  currentStep,
  isOpen,
  type RunRecord,
  type RunState,
  type StepRecord,
  type StepState,
  stepToUndo,
} from "./run-record.ts";

/** Everything that can happen to a run. Each becomes one txn that compares the journal's own revision. */
export type RunEvent =
  /** A controller begins (or, as successor, begins again) the current step. */
  | { readonly kind: "begin-step"; readonly controller: string; readonly at: string }
  /** The desired state was observed. The same txn may claim the next step for the same controller. */
  | {
      readonly kind: "finish-step";
      readonly step: string;
      readonly evidence: readonly string[];
      readonly tookMs: number;
      readonly finalLsn: Lsn | null;
      readonly claimNext: string | null;
      readonly at: string;
    }
  /** `isFinal`: trying again would act on a reason that is over. */
  | {
      readonly kind: "fail-step";
      readonly step: string;
      readonly why: string;
      readonly isFinal?: boolean;
      readonly at: string;
    }
  | { readonly kind: "finish-undo"; readonly step: string; readonly at: string }
  | { readonly kind: "approve"; readonly approval: Approval }
  | { readonly kind: "pause"; readonly by: string }
  | { readonly kind: "resume"; readonly by: string }
  | {
      readonly kind: "skip";
      readonly step: string;
      readonly by: string;
      readonly reason: string;
      readonly at: string;
    }
  | { readonly kind: "cancel"; readonly by: string; readonly at: string }
  /** The other region does not answer any more: steps that need it are skipped. */
  | { readonly kind: "make-ungraceful"; readonly by: string; readonly at: string }
  | { readonly kind: "supersede"; readonly why: string; readonly at: string };

export type Reduced =
  | { readonly kind: "changed"; readonly run: RunRecord }
  | { readonly kind: "refused"; readonly why: string };

const refused = (why: string): Reduced => ({ kind: "refused", why });

/** What the journal says after `event`. Pure: a repeat of an event that already took effect is refused or changes nothing. */
export function reduceRun(
  run: RunRecord,
  event: RunEvent,
  counts: MayApprove = mayApprove,
): Reduced {
  if (!isOpen(run)) return refused(`the run is ${run.state.kind}`);
  switch (event.kind) {
    case "begin-step":
      return beginStep(run, event.controller, event.at, counts);
    case "finish-step":
      return finishStep(run, event, counts);
    case "fail-step":
      return failStep(run, event);
    case "finish-undo":
      return finishUndo(run, event.step, event.at);
    case "approve":
      return approve(run, event.approval, counts);
    case "pause":
      if (run.state.kind !== "running") return refused(`the run is ${run.state.kind}`);
      return changed(run, { state: { kind: "paused", by: event.by } });
    case "resume":
      if (run.state.kind !== "paused") return refused("the run is not paused");
      return changed(run, { state: { kind: "running" } });
    case "skip":
      return skip(run, event);
    case "cancel":
      return cancel(run, event.by, event.at);
    case "make-ungraceful":
      return makeUngraceful(run, event.by, event.at);
    case "supersede":
      return changed(run, { state: { kind: "superseded", why: event.why, at: event.at } });
  }
}

function changed(run: RunRecord, change: Partial<RunRecord>): Reduced {
  return { kind: "changed", run: { ...run, ...change } };
}

function withStep(
  run: RunRecord,
  name: string,
  change: (step: StepRecord) => StepRecord,
): RunRecord {
  const steps = run.steps.map((step) => (step.definition.name === name ? change(step) : step));
  return { ...run, steps };
}

const withState =
  (state: StepState) =>
  (step: StepRecord): StepRecord => ({ ...step, state });

/** A step attempted by a new controller counts as a new attempt: what the old one may still send is then older. */
function beginStep(run: RunRecord, controller: string, at: string, counts: MayApprove): Reduced {
  if (run.state.kind === "paused") return refused("the run is paused");
  const step = run.state.kind === "undoing" ? stepToUndo(run) : currentStep(run);
  if (step === null) return refused("no step is left");
  const { definition, state } = step;
  if (state.kind === "running" && state.by === controller) return refused("already begun");
  if (run.state.kind === "running") {
    const missing = whyNotApproved(run, step, counts);
    if (missing !== null) return refused(missing);
    if (step.attempt >= definition.attemptsMax) return refused("no attempt is left");
  }
  const claim = { controller, number: run.claim.number + 1 };
  const begun = withStep(run, definition.name, (each) => ({
    ...each,
    attempt: each.attempt + 1,
    state:
      run.state.kind === "undoing" ? each.state : { kind: "running", by: controller, since: at },
  }));
  return changed(begun, { claim });
}

function finishStep(
  run: RunRecord,
  event: Extract<RunEvent, { kind: "finish-step" }>,
  counts: MayApprove,
): Reduced {
  if (run.state.kind === "undoing") return refused("the run is being undone");
  const step = currentStep(run);
  if (step?.definition.name !== event.step) return refused("this step is not the current one");
  const missing = whyNotApproved(run, step, counts);
  if (missing !== null) return refused(missing);
  const done: StepState = { kind: "done", evidence: [...event.evidence], tookMs: event.tookMs };
  const finished = withStep(run, event.step, withState(done));
  const next = { ...finished, finalLsn: event.finalLsn ?? run.finalLsn };
  return { kind: "changed", run: continued(next, event.claimNext, event.at, counts) };
}

/** Completes the run after its last step, or claims the next step in the same txn. */
function continued(
  run: RunRecord,
  claimNext: string | null,
  at: string,
  counts: MayApprove = mayApprove,
): RunRecord {
  if (currentStep(run) === null) return { ...run, state: { kind: "completed", at } };
  if (claimNext === null) return run;
  const claimed = beginStep(run, claimNext, at, counts);
  return claimed.kind === "changed" ? claimed.run : run;
}

function failStep(run: RunRecord, event: Extract<RunEvent, { kind: "fail-step" }>): Reduced {
  const { step: name, why, at } = event;
  const step = run.state.kind === "undoing" ? stepToUndo(run) : currentStep(run);
  if (step?.definition.name !== name) return refused("this step is not the current one");
  if (run.state.kind === "undoing") {
    const stuck = { kind: "failed", why: `could not be undone: ${why}`, at } as const;
    return step.attempt >= step.definition.attemptsMax * 2
      ? changed(run, { state: stuck })
      : changed(
          withStep(run, name, (each) => ({ ...each, attempt: each.attempt + 1 })),
          {},
        );
  }
  // A step that nobody had begun fails by an onlooker: that counts as an attempt as well, so a silent site cannot keep a run open.
  const attempt = step.state.kind === "running" ? step.attempt : step.attempt + 1;
  const failed = withStep(run, name, () => ({ ...step, attempt, state: { kind: "failed", why } }));
  if (attempt < step.definition.attemptsMax && event.isFinal !== true) return changed(failed, {});
  return changed(failed, { state: ending(failed, `${name}: ${why}`, "failed", at) });
}

/** A run that ends early is undone first, as far as it can be. */
function ending(run: RunRecord, why: string, ends: "cancelled" | "failed", at: string): RunState {
  if (stepToUndo(run) !== null && !isPastUndo(run)) return { kind: "undoing", why, ends };
  return ends === "cancelled" ? { kind: "cancelled", why, at } : { kind: "failed", why, at };
}

/** A step that cannot be undone, once done, means that the run can only be completed. */
export function isPastUndo(run: RunRecord): boolean {
  return run.steps.some(
    (step) =>
      step.definition.undo === null && step.state.kind === "done" && step.definition.destructive,
  );
}

function finishUndo(run: RunRecord, name: string, at: string): Reduced {
  if (run.state.kind !== "undoing") return refused("the run is not being undone");
  if (stepToUndo(run)?.definition.name !== name)
    return refused("this step is not the next to undo");
  const undone = withStep(run, name, withState({ kind: "undone" }));
  if (stepToUndo(undone) !== null) return changed(undone, {});
  const { why, ends } = run.state;
  return changed(undone, { state: { kind: ends, why, at } });
}

function approve(run: RunRecord, approval: Approval, counts: MayApprove): Reduced {
  const step = run.steps.find((each) => each.definition.name === approval.step);
  if (step === undefined) return refused("there is no such step");
  if (!step.definition.approvals.includes(approval.role))
    return refused(`this step needs no approval by role ${approval.role}`);
  if (approval.role === "approver" && !counts(run, approval.by))
    return refused("whoever ordered the run cannot approve it");
  const isRepeat = run.approvals.some(
    (each) => each.step === approval.step && each.by === approval.by,
  );
  if (isRepeat) return refused("the same person approved this step already");
  return changed(run, { approvals: [...run.approvals, approval] });
}

function skip(run: RunRecord, event: Extract<RunEvent, { kind: "skip" }>): Reduced {
  const step = currentStep(run);
  if (step?.definition.name !== event.step) return refused("this step is not the current one");
  if (!step.definition.skippable) return refused("this step cannot be skipped");
  if (event.reason.trim() === "") return refused("skipping needs a reason");
  const state: StepState = { kind: "skipped", by: event.by, reason: event.reason };
  return {
    kind: "changed",
    run: continued(withStep(run, event.step, withState(state)), null, event.at),
  };
}

function cancel(run: RunRecord, by: string, at: string): Reduced {
  if (run.state.kind === "undoing") return refused("the run is being undone already");
  if (isPastUndo(run))
    return refused("a step that cannot be undone is done: the run can only be completed");
  return changed(run, { state: ending(run, `cancelled by ${by}`, "cancelled", at) });
}

function makeUngraceful(run: RunRecord, by: string, at: string): Reduced {
  if (!run.isGraceful) return refused("the run is ungraceful already");
  if (run.kind !== "switchover" && run.kind !== "failback")
    return refused(`a ${run.kind} has no grace`);
  const reason = "the run became ungraceful";
  const steps = run.steps.map((step) => {
    const isWaiting = step.state.kind !== "done" && step.state.kind !== "skipped";
    const isSkipped = isWaiting && step.definition.gracefulOnly;
    return isSkipped ? { ...step, state: { kind: "skipped", by, reason } as const } : step;
  });
  const next: RunRecord = { ...run, steps, isGraceful: false, state: { kind: "running" } };
  return { kind: "changed", run: continued(next, null, at) };
}
