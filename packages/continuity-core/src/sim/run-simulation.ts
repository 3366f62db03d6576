import { applyFault } from "./apply-fault.ts";
import { calmDown } from "./calm.ts";
import { type Coverage, count } from "./coverage.ts";
import { type ScheduledFault, scheduleFaults } from "./fault.ts";
import type { Violation } from "./observer.ts";
import { World, type WorldRules } from "./world.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** Simulated minutes with faults; the calm time after them comes on top. */
  readonly minutes?: number;
  readonly faultsPerMinute?: number;
  readonly rules?: WorldRules;
  /** Faults to use instead of those of the seed. */
  readonly faults?: readonly ScheduledFault[];
  /** `reckless`: controllers that order anything at any time; safety must hold all the same. */
  readonly controllers?: "real" | "reckless";
  readonly onNote?: (atMs: number, who: string, text: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly events: number;
  /** Simulated milliseconds that passed. */
  readonly simulatedMs: number;
  readonly violation: Violation | undefined;
  readonly coverage: Coverage;
  readonly counts: {
    readonly acknowledged: number;
    readonly terms: number;
    readonly faults: number;
  };
}

export const defaultMinutes = 5;
export const defaultFaultsPerMinute = 4;

/** One world from one seed: faults, then calm; judged after every event and once more at the end. */
export function runSimulation(options: SimulationOptions): SimulationResult {
  const { seed, minutes = defaultMinutes, faultsPerMinute = defaultFaultsPerMinute } = options;
  const world = new World(options);
  const faults = options.faults ?? scheduleFaults(seed, minutes, faultsPerMinute);
  for (const { atMs, fault } of faults) {
    world.queue.at(atMs, () => {
      count(world.coverage.faults, fault.kind);
      applyFault(world, fault);
    });
  }
  const calmFromMs = minutes * 60_000;
  advance(world, calmFromMs);
  const isReal = options.controllers !== "reckless";
  if (world.observer.violation === undefined && isReal)
    calmDown(world, (untilMs) => advance(world, untilMs));
  return {
    seed,
    events: world.queue.executed,
    simulatedMs: world.queue.now,
    violation: world.observer.violation,
    coverage: world.coverage,
    counts: {
      acknowledged: world.observer.acknowledged.size,
      terms: world.observer.terms.size,
      faults: faults.length,
    },
  };
}

function advance(world: World, untilMs: number): void {
  const { observer, queue } = world;
  while (observer.violation === undefined && queue.step(untilMs));
}
