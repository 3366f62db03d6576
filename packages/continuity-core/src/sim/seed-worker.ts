import { parentPort } from "node:worker_threads";
import type { Coverage } from "./coverage.ts";
import type { Violation } from "./observer.ts";
import { runSimulation } from "./run-simulation.ts";

export interface SeedJob {
  readonly seed: number;
  readonly minutes?: number;
  readonly faultsPerMinute?: number;
}

export interface SeedReport {
  readonly seed: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly acknowledged: number;
  readonly faults: number;
  readonly violation: Violation | undefined;
  readonly coverage: Coverage;
}

parentPort?.on("message", (job: SeedJob) => {
  const result = runSimulation(job);
  const report: SeedReport = {
    seed: result.seed,
    events: result.events,
    simulatedMs: result.simulatedMs,
    acknowledged: result.counts.acknowledged,
    faults: result.counts.faults,
    violation: result.violation,
    coverage: result.coverage,
  };
  parentPort?.postMessage(report);
});
