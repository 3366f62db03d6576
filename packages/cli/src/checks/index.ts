export { fullStages } from "./full-stages.ts";
export { keepResult, readKeptResults } from "./kept-results.ts";
export { labStages } from "./lab-stages.ts";
export { runStage } from "./run-stage.ts";
export {
  addCounts,
  closingLine,
  nothing,
  type Stage,
  type StageCounts,
  type StageResult,
} from "./stage.ts";
export { hasJourneys, sourceStages } from "./stages.ts";
