import type { Observation, OpenRun } from "../observe/index.ts";
import { type Move, nextMove, type ProcedureRules, procedureRules } from "../procedures/index.ts";
import { currentStep } from "../runs/index.ts";
import { type Decision, hold } from "./decision.ts";
import type { Policy } from "./policy.ts";
import { decidePrimary, decideStandby, type Turn } from "./role.ts";
import { type DecideRules, decideRules } from "./rules.ts";

/** Rules of deciding and of the procedures; production has one set. */
export interface ControllerRules {
  readonly decide: DecideRules;
  readonly procedures: ProcedureRules;
}

export const controllerRules: ControllerRules = { decide: decideRules, procedures: procedureRules };

/**
 * What this site's controller does now. Total: every observation has a decision, and every decision that waits says for what.
 * Read from top to bottom; the first sentence that fits wins.
 */
export function decide(
  o: Observation,
  policy: Policy,
  rules: ControllerRules = controllerRules,
): Decision {
  if (o.self === "witness") return decideWitness(o, rules);
  if (o.keeper === null || o.postgres === null) return hold("keeper-silent", true);
  if (o.keeper.phase === "halted") return hold("keeper-halted", true);
  const { view } = o.quorum;
  if (!o.quorum.isAnswering || view === null) return decideWithoutQuorum(o, policy, rules);
  const term = view.term.record;
  const lease = view.lease.record;
  if (term === null || lease === null) return hold("store-empty", true);
  const turn: Turn = {
    o,
    policy,
    rules: rules.decide,
    keeper: o.keeper,
    local: o.postgres,
    view,
    term,
    lease,
  };
  const isPrimary = term.primary === o.self;
  return continueRuns(turn, rules) ?? (isPrimary ? decidePrimary(turn) : decideStandby(turn));
}

/** The witness holds no data: it watches, and ends runs that cannot go on. */
function decideWitness(o: Observation, rules: ControllerRules): Decision {
  if (!o.quorum.isAnswering) return hold("quorum-lost-witness", true);
  return moveSome(o, rules) ?? hold("witness-watching");
}

function decideWithoutQuorum(o: Observation, policy: Policy, rules: ControllerRules): Decision {
  const keeper = o.keeper;
  const isServing = keeper?.phase === "serving" || keeper?.phase === "draining";
  if (!isServing) return hold("quorum-lost-standby", true);
  const mustSuspend = rules.decide.mustSuspend(o, policy);
  if (keeper.isSuspended)
    return mustSuspend ? hold("writes-suspended", true) : { kind: "resume-writes" };
  if (mustSuspend) return { kind: "suspend-writes" };
  const isStandbyLost = o.postgres?.replication?.isActive === false;
  return hold(isStandbyLost ? "async-cannot-be-recorded" : "quorum-lost-primary", true);
}

/** Open runs come first, as far as this site has something to do for them. */
function continueRuns(turn: Turn, rules: ControllerRules): Decision | null {
  const moved = moveSome(turn.o, rules);
  if (moved !== null) return moved;
  const blocking = turn.o.quorum.openRuns.find((open) => occupies(open, turn));
  if (blocking === undefined) return null;
  if (blocking.run.state.kind === "paused" && turn.lease.kind === "released")
    return hold("run-paused");
  // The automatic take-over that is on its way is waited for, not ordered again.
  if (blocking.run.kind === "failover" && blocking.run.orderedBy === null)
    return hold("run-waiting");
  // A primary that dies while a run waits for something is still replaced.
  const releasedFor = turn.o.quorum.releasedForMs ?? 0;
  const isGone = turn.lease.kind === "held" || releasedFor >= turn.policy.takeBackAfterMs;
  const mayReplace = turn.keeper.lapsesInMs === 0 && turn.keeper.postgres === "standby";
  if (mayReplace && isGone) return null;
  if (blocking.run.state.kind === "paused") return hold("run-paused");
  const isOwn = currentStep(blocking.run)?.definition.site === turn.o.self;
  return hold(isOwn ? "run-waiting" : "run-elsewhere");
}

/** The move for the first run that has one; `nextMove` says what it is. */
function moveSome(o: Observation, rules: ControllerRules): Decision | null {
  for (const open of o.quorum.openRuns) {
    const move: Move = nextMove(open, o, rules.procedures);
    if (move.kind === "nothing") continue;
    const isOver = move.kind === "journal" && move.event.kind === "supersede";
    if (isOver && move.event.kind === "supersede")
      return { kind: "supersede-run", run: open.run.id, why: move.event.why };
    return { kind: "continue-run", run: open.run.id };
  }
  return null;
}

/** Whether an open run keeps this site from deciding on its own: it moves the primary, or it handles this site's database. */
function occupies(open: OpenRun, turn: Turn): boolean {
  const { run } = open;
  if (run.kind === "rejoin") return run.from === turn.o.self;
  if (run.kind === "plan") return false;
  const step = currentStep(run)?.definition;
  if (run.kind === "failover") return step?.ensure === "taken-over" && run.to === turn.o.self;
  const isMoving = step?.ensure === "handed-over" || step?.ensure === "taken-over";
  return isMoving
    ? turn.keeper.phase !== "serving"
    : step?.site === turn.o.self && run.from === turn.o.self;
}
