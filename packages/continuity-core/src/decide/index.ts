export { type ControllerRules, controllerRules, decide } from "./decide.ts";
export {
  type Decision,
  type DecisionKind,
  type HoldReason,
  holdReasons,
  sentenceOf,
  sentences,
} from "./decision.ts";
export { defaultPolicy, type Policy } from "./policy.ts";
export { type DecideRules, decideRules } from "./rules.ts";
