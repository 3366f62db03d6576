export type { Action, ActionKind, Verdict } from "./action.ts";
export { beginRejoin, orderedRun, type RunOrder, takeOverRun } from "./begin-run.ts";
export { type EnsureName, ensures, isEnsureName, type Look, takeOverOrder } from "./ensures.ts";
export { type Move, nextMove } from "./move.ts";
export {
  evaluateReadiness,
  type Readiness,
  type ReadinessCode,
  type ReadinessInput,
  type ReadinessReason,
  readinessCodes,
  readinessInputOf,
} from "./readiness.ts";
export { type ProcedureRules, procedureRules } from "./rules.ts";
export { stepsOf } from "./steps.ts";
