import type { Observation, OpenRun } from "../observe/index.ts";
import {
  currentStep,
  type RunEvent,
  type RunRecord,
  type Stamp,
  type StepRecord,
  stepToUndo,
  whyNotApproved,
} from "../runs/index.ts";
import type { Action, Verdict } from "./action.ts";
import { type EnsureName, ensures, isEnsureName, type Look } from "./ensures.ts";
import { type ProcedureRules, procedureRules } from "./rules.ts";

/** What this site's controller does for a run now. */
export type Move =
  | { readonly kind: "nothing"; readonly why: string }
  /** Write `reduceRun(run, event)`, comparing the journal's revision; `beside`: and act at the same time, whatever the journal says. */
  | { readonly kind: "journal"; readonly event: RunEvent; readonly beside?: Act }
  | Act;

interface Act {
  readonly kind: "act";
  readonly action: Action;
  readonly stamp: Stamp;
}

const nothing = (why: string): Move => ({ kind: "nothing", why });

/** A step of another site that stays over its budget for this many budgets is failed by whoever looks on. */
const strangersPatience = 2;

/**
 * The next move of `o.self` for an open run: observe, act if needed, verify. Repeating it is harmless: a step that holds is
 * recorded, a step that does not is begun by this controller's life and acted upon until it holds or its budget is over.
 */
export function nextMove(open: OpenRun, o: Observation, rules = procedureRules): Move {
  const { run } = open;
  const { store, term } = o.quorum.view ?? {};
  if (!store?.record || !term?.record) return nothing("the quorum does not answer");
  const over = rules.whySuperseded(run, store.record, term.record);
  if (over !== null) return journal({ kind: "supersede", why: over, at: o.fresh.at });
  if (run.state.kind === "paused") return nothing("paused");
  const isUndoing = run.state.kind === "undoing";
  const step = isUndoing ? stepToUndo(run) : currentStep(run);
  if (step === null) return nothing("no step is left");
  if (step.definition.site !== o.self) return watchOther(open, step, o, rules);
  if (!isUndoing && rules.isSwitchedOff(run, step, o)) return nothing("automation is switched off");
  return isUndoing ? undoMove(open, step, o, rules) : stepMove(open, step, o, rules);
}

const journal = (event: RunEvent): Move => ({ kind: "journal", event });

/** People have this long to approve a step; what they were shown is old then, and somebody orders anew. */
const approvalPatienceMs = 30 * 60_000;

/** What waits for people costs no attempt and no budget, whosever step it is. */
function awaitsApproval(
  open: OpenRun,
  step: StepRecord,
  o: Observation,
  rules: ProcedureRules,
): Move | null {
  const missing = rules.waitsForPeople(open.run, step);
  if (missing === null || open.run.state.kind === "undoing") return null;
  if (open.stepForMs <= approvalPatienceMs) return nothing(missing);
  return failed(step.definition.name, "nobody approved it in time", o, true);
}

/** Checks that need nothing but the quorum: whoever sees them hold may record it, so a site that dies right after costs no time. */
const publicChecks: ReadonlySet<string> = new Set<EnsureName>(["handed-over", "taken-over"]);

function watchOther(open: OpenRun, step: StepRecord, o: Observation, rules: ProcedureRules): Move {
  const { budgetMs, name, site, ensure } = step.definition;
  const waiting = awaitsApproval(open, step, o, rules);
  if (waiting !== null) return waiting;
  if (open.run.state.kind === "running" && publicChecks.has(ensure)) {
    const verdict = verdictOf(ensure, lookAt(open, step, o, rules));
    if (verdict.kind === "done") {
      if (leavesToNext(open.run, step, o)) return nothing("the next region records it");
      const beside = orderBeside(open, step, verdict, o, rules);
      const event = finish(open, step, verdict, o);
      return beside === null ? journal(event) : { kind: "journal", event, beside };
    }
  }
  if (open.stepForMs <= budgetMs * strangersPatience) return nothing(`${name} belongs to ${site}`);
  return journal({ kind: "fail-step", step: name, why: `${site} does not move`, at: o.fresh.at });
}

/** How long the others leave the record of a release to the region that goes on: it records, claims and orders in one look. */
const headStartMs = 1_000;

function leavesToNext(run: RunRecord, step: StepRecord, o: Observation): boolean {
  const next = run.steps[run.steps.indexOf(step) + 1];
  const isHandOver = step.definition.ensure === "handed-over" && next !== undefined;
  return (
    isHandOver &&
    next.definition.site !== o.self &&
    (o.quorum.releasedForMs ?? headStartMs) < headStartMs
  );
}

/**
 * The release is in the store and taking over is this site's: the order goes out beside the journal, because two more rounds of the
 * quorum are 0.25 s of a write pause of 1.1 s. A run that is cancelled in this moment takes the lease back by a txn that compares the
 * same lease, so one of the two wins, and the run says which.
 */
function orderBeside(
  open: OpenRun,
  step: StepRecord,
  verdict: Extract<Verdict, { kind: "done" }>,
  o: Observation,
  rules: ProcedureRules,
): Act | null {
  const { run } = open;
  const next = run.steps[run.steps.indexOf(step) + 1];
  if (step.definition.ensure !== "handed-over" || next?.definition.ensure !== "taken-over")
    return null;
  if (next.definition.site !== o.self || next.state.kind !== "pending") return null;
  if (whyNotApproved(run, next, rules.mayApprove) !== null) return null;
  const finalLsn = verdict.finalLsn ?? run.finalLsn;
  const order = verdictOf("taken-over", {
    ...lookAt(open, next, o, rules),
    run: { ...run, finalLsn },
  });
  return order.kind === "act" ? { ...order, stamp: stampOf(run, o) } : null;
}

function lookAt(open: OpenRun, step: StepRecord, o: Observation, rules: ProcedureRules): Look {
  return { run: open.run, o, attempt: step.attempt, forMs: open.stepForMs, rules };
}

function verdictOf(name: string, look: Look): Verdict {
  return isEnsureName(name) ? ensures[name](look) : { kind: "fail", why: `no such check: ${name}` };
}

function stepMove(open: OpenRun, step: StepRecord, o: Observation, rules: ProcedureRules): Move {
  const { run } = open;
  const { definition, state } = step;
  const waiting = awaitsApproval(open, step, o, rules);
  if (waiting !== null) return waiting;
  const isMine = state.kind === "running" && !rules.mustBeginAgain(state.by, o.controllerBootId);
  const verdict = verdictOf(definition.ensure, lookAt(open, step, o, rules));
  if (verdict.kind === "done") {
    if (leavesToNext(run, step, o)) return nothing("the next region records it");
    return journal(finish(open, step, verdict, o));
  }
  if (!isMine) {
    if (step.attempt < definition.attemptsMax)
      return journal({ kind: "begin-step", controller: o.controllerBootId, at: o.fresh.at });
    return failed(definition.name, "no attempt is left", o);
  }
  if (verdict.kind === "fail") return failed(definition.name, verdict.why, o, verdict.isFinal);
  if (open.stepForMs > definition.budgetMs)
    return failed(definition.name, "over its time budget", o);
  if (verdict.kind === "wait") return nothing(verdict.why);
  return { kind: "act", action: verdict.action, stamp: stampOf(run, o) };
}

const failed = (step: string, why: string, o: Observation, isFinal = false): Move =>
  journal({ kind: "fail-step", step, why, isFinal, at: o.fresh.at });

/** Finishing claims the next step in the same txn when it is this site's as well. */
function finish(
  open: OpenRun,
  step: StepRecord,
  verdict: Extract<Verdict, { kind: "done" }>,
  o: Observation,
): RunEvent {
  const { run } = open;
  const next = run.steps[run.steps.indexOf(step) + 1];
  const isNextMine = next?.definition.site === o.self && next.state.kind === "pending";
  return {
    kind: "finish-step",
    step: step.definition.name,
    evidence: verdict.evidence,
    tookMs: open.stepForMs,
    finalLsn: verdict.finalLsn ?? null,
    claimNext: isNextMine ? o.controllerBootId : null,
    at: o.fresh.at,
  };
}

function undoMove(open: OpenRun, step: StepRecord, o: Observation, rules: ProcedureRules): Move {
  const { run } = open;
  const { definition } = step;
  const term = o.quorum.view?.term.record;
  if (term?.run === run.id) {
    const why = `term ${term.term} had begun at ${term.primary} before the run could be undone`;
    return journal({ kind: "supersede", why, at: o.fresh.at });
  }
  const verdict = verdictOf(definition.undo ?? "", lookAt(open, step, o, rules));
  if (verdict.kind === "done")
    return journal({ kind: "finish-undo", step: definition.name, at: o.fresh.at });
  if (verdict.kind === "fail") return failed(definition.name, verdict.why, o, verdict.isFinal);
  if (open.stepForMs > definition.budgetMs)
    return failed(definition.name, "over its time budget", o);
  if (verdict.kind === "wait") return nothing(verdict.why);
  return { kind: "act", action: verdict.action, stamp: stampOf(run, o) };
}

/** A run writes with the authority of the term that it has reached. */
function stampOf(run: RunRecord, o: Observation): Stamp {
  return {
    storeGeneration: run.storeGeneration,
    storeId: run.storeId,
    term: o.quorum.view?.term.record?.term ?? run.term,
    run: run.id,
    attempt: run.claim.number,
  };
}
