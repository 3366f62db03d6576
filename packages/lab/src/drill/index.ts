export type { DrillReport, RunReport } from "./report.ts";
export {
  runAllDrills,
  type SuiteOptions,
  type SuiteOutcome,
  type SuiteReport,
} from "./run-all-drills.ts";
export {
  type DrillOptions,
  type DrillOutcome,
  type DrillProgress,
  runDrill,
  scenarioNamed,
} from "./run-drill.ts";
export type { Scenario } from "./scenario.ts";
export { scenarios } from "./scenarios/index.ts";
