import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import { sites } from "../layout/index.ts";
import type { OperatorClient, RunJournal } from "./operator-client.ts";
import type { StepSeen } from "./scenario.ts";
import { poll } from "./waits.ts";

/** How often the controllers are asked for a journal: a step takes at least one commit of the quorum, 60 ms. */
const lookEachMs = 15;
/** Listing all runs is more work for a controller than showing one. */
const listEachMs = 40;
const runWithinMs = 120_000;
const openStates = new Set(["running", "paused", "undoing"]);

export const isOpenRun = (run: RunJournal): boolean => openStates.has(run.state.kind);

/** Index of the first step that is neither done nor skipped; the number of steps when none is. */
function positionOf(run: RunJournal): number {
  const at = run.steps.findIndex(({ state }) => state.kind !== "done" && state.kind !== "skipped");
  return at < 0 ? run.steps.length : at;
}

/**
 * Where `run` stands relative to the beginning of `step`: null while it has not begun. A step begins in the same commit in which
 * the one before it completes, when both belong to one site; otherwise when its own site claims it.
 */
export function stepSeen(run: RunJournal, step: string): StepSeen | null {
  const wanted = run.steps.findIndex(({ definition }) => definition.name === step);
  const record = run.steps[wanted];
  if (record === undefined) {
    throw new LabError("BAD_REQUEST", `a ${run.kind} has no step ${step}`);
  }
  const site = sites.find((each) => each === record.definition.site) ?? "witness";
  const at = positionOf(run);
  if (at > wanted) return { step, site, isLate: true };
  const isBegun = at === wanted && record.state.kind !== "pending";
  return isBegun ? { step, site, isLate: false } : null;
}

/** The step at which the furthest journal stands, in words for the report. */
export function standsAt(run: RunJournal): string {
  const record = run.steps[positionOf(run)];
  if (record === undefined) return `${run.kind} is ${run.state.kind}`;
  return `${run.kind} is ${run.state.kind}, ${record.definition.name} is ${record.state.kind} (attempt ${record.attempt})`;
}

/** The journal that has come furthest, of those that the controllers hold. Null: none knows the run. */
export async function furthest(
  operators: OperatorClient,
  runId: string,
  signal: AbortSignal,
): Promise<RunJournal | null> {
  const journals = await operators.journals(runId, signal);
  return journals.reduce<RunJournal | null>((best, next) => {
    if (best === null || !isOpenRun(next)) return next;
    return isOpenRun(best) && positionOf(next) > positionOf(best) ? next : best;
  }, null);
}

/** See `Scene.untilStep`. Errors: DRILL_UNFINISHED after two minutes. */
export async function untilStep(
  operators: OperatorClient,
  runId: string,
  step: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<StepSeen | null> {
  let seen: StepSeen | null = null;
  const isOver = await poll(clock, lookEachMs, runWithinMs, signal, async () => {
    const run = await furthest(operators, runId, signal);
    if (run === null) return false;
    seen = stepSeen(run, step);
    return seen !== null || !isOpenRun(run);
  });
  if (!isOver) throw new LabError("DRILL_UNFINISHED", `run ${runId} did not come to ${step}`);
  return seen;
}

/** See `Scene.untilRun`: only runs that `known` does not hold. Errors: DRILL_UNFINISHED after two minutes. */
export async function untilRun(
  operators: OperatorClient,
  kind: string,
  known: ReadonlySet<string>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  let id: string | null = null;
  await poll(clock, listEachMs, runWithinMs, signal, async () => {
    const runs = await operators.runs(signal);
    id = runs.find((run) => run.kind === kind && !known.has(run.id))?.id ?? null;
    return id !== null;
  });
  if (id === null) throw new LabError("DRILL_UNFINISHED", `no ${kind} began`);
  return id;
}

/** See `Scene.untilRunEnds`. */
export async function untilRunEnds(
  operators: OperatorClient,
  runId: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  let end: string | null = null;
  await poll(clock, 100, runWithinMs, signal, async () => {
    const run = await furthest(operators, runId, signal);
    if (run !== null && !isOpenRun(run)) end = run.state.kind;
    return end !== null;
  });
  if (end === null) {
    throw new LabError("DRILL_UNFINISHED", `run ${runId} of ${sites.join(", ")} is open still`);
  }
  return end;
}
