export { type Counts, type Coverage, mergeCoverage, newCoverage } from "./coverage.ts";
export { type Explanation, explainSeed } from "./explain.ts";
export { describeFault, type Fault, type ScheduledFault, scheduleFaults } from "./fault.ts";
export type { Violation } from "./observer.ts";
export {
  defaultFaultsPerMinute,
  defaultMinutes,
  runSimulation,
  type SimulationOptions,
  type SimulationResult,
} from "./run-simulation.ts";
export type { SeedReport } from "./seed-worker.ts";
export { type SeedsOptions, type SeedsSummary, simulateSeeds } from "./simulate-seeds.ts";
export { defaultWorldRules, type WorldRules } from "./world.ts";
