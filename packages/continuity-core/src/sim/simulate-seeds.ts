import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Coverage, mergeCoverage, newCoverage } from "./coverage.ts";
import type { Violation } from "./observer.ts";
import type { SeedJob, SeedReport } from "./seed-worker.ts";

export interface SeedsOptions {
  readonly from: number;
  readonly seeds: number;
  readonly minutes?: number;
  readonly faultsPerMinute?: number;
  /** Threads; by default one per core. */
  readonly workers?: number;
  readonly onResult?: (report: SeedReport) => void;
  /** Seeds that are running end, no new one begins; what was reached is in the summary. */
  readonly signal?: AbortSignal;
}

export interface SeedsSummary {
  readonly seeds: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly acknowledged: number;
  readonly faults: number;
  readonly failures: readonly { readonly seed: number; readonly violation: Violation }[];
  readonly coverage: Coverage;
}

/** Runs a range of seeds on worker threads. Rejects only if a worker itself fails. */
export async function simulateSeeds(options: SeedsOptions): Promise<SeedsSummary> {
  const workers = Math.min(options.workers ?? availableParallelism(), options.seeds);
  const coverage = newCoverage();
  const failures: { seed: number; violation: Violation }[] = [];
  const totals = { seeds: 0, events: 0, simulatedMs: 0, acknowledged: 0, faults: 0 };
  let next = options.from;
  const end = options.from + options.seeds;
  const take = (): number | undefined => {
    if (next >= end || options.signal?.aborted === true) return undefined;
    next += 1;
    return next - 1;
  };
  const receive = (report: SeedReport): void => {
    totals.seeds += 1;
    totals.events += report.events;
    totals.simulatedMs += report.simulatedMs;
    totals.acknowledged += report.acknowledged;
    totals.faults += report.faults;
    mergeCoverage(coverage, report.coverage);
    if (report.violation !== undefined)
      failures.push({ seed: report.seed, violation: report.violation });
    options.onResult?.(report);
  };
  await Promise.all(Array.from({ length: workers }, () => runWorker(options, take, receive)));
  failures.sort((one, other) => one.seed - other.seed);
  return { ...totals, failures, coverage };
}

function runWorker(
  options: SeedsOptions,
  take: () => number | undefined,
  receive: (report: SeedReport) => void,
): Promise<void> {
  const worker = new Worker(new URL("./seed-worker.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const goOn = (): void => {
      const seed = take();
      if (seed === undefined) {
        void worker.terminate();
        resolve();
        return;
      }
      const { minutes, faultsPerMinute } = options;
      const job: SeedJob = {
        seed,
        ...(minutes === undefined ? {} : { minutes }),
        ...(faultsPerMinute === undefined ? {} : { faultsPerMinute }),
      };
      worker.postMessage(job);
    };
    worker.on("error", reject);
    worker.on("message", (report: SeedReport) => {
      receive(report);
      goOn();
    });
    goOn();
  });
}
