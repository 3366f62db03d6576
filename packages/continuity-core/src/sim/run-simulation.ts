import { applyFault } from "./apply-fault.ts";
import { calmDown } from "./calm.ts";
import { type Coverage, count } from "./coverage.ts";
import { Dice } from "./dice.ts";
import { type Fault, type ScheduledFault, scheduleFaults } from "./fault.ts";
import type { Violation } from "./observer.ts";
import { direct, type Opening, type Script, watchFor } from "./opening.ts";
import { World, type WorldOptions, type WorldRules } from "./world.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** Simulated minutes with faults; the calm time after them comes on top. */
  readonly minutes?: number;
  readonly faultsPerMinute?: number;
  readonly rules?: WorldRules;
  /** Faults to use instead of those of the seed. */
  readonly faults?: readonly ScheduledFault[];
  /** A scripted story instead of random faults. */
  readonly opening?: Opening;
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
  const { seed, faultsPerMinute = defaultFaultsPerMinute, opening } = options;
  const minutes = options.minutes ?? opening?.minutes ?? defaultMinutes;
  const script = opening?.script(new Dice(seed, "opening"));
  const controllers = options.controllers ?? script?.controllers ?? "real";
  const world = new World({ ...worldOptions(options, script), controllers });
  const faults = options.faults ?? script?.faults ?? scheduleFaults(seed, minutes, faultsPerMinute);
  const apply = (fault: Fault): void => {
    count(world.coverage.faults, fault.kind);
    applyFault(world, fault);
  };
  for (const { atMs, fault } of faults) world.queue.at(atMs, () => apply(fault));
  if (script !== undefined) {
    direct(world, script);
    if (script.triggers !== undefined) watchFor(world, script.triggers, apply);
  }
  advance(world, minutes * 60_000);
  if (world.observer.violation === undefined && controllers === "real")
    calmDown(world, (untilMs) => advance(world, untilMs));
  return resultOf(world, faults.length);
}

function worldOptions(options: SimulationOptions, script: Script | undefined): WorldOptions {
  return {
    seed: options.seed,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(options.onNote === undefined ? {} : { onNote: options.onNote }),
    ...(script?.parameters === undefined ? {} : { parameters: script.parameters }),
    ...(script?.thinkMs === undefined ? {} : { thinkMs: script.thinkMs }),
    ...(script?.policy === undefined ? {} : { policy: script.policy }),
  };
}

function resultOf(world: World, faults: number): SimulationResult {
  const { observer, queue } = world;
  return {
    seed: world.seed,
    events: queue.executed,
    simulatedMs: queue.now,
    violation: observer.violation,
    coverage: world.coverage,
    counts: { acknowledged: observer.acknowledged.size, terms: observer.terms.size, faults },
  };
}

function advance(world: World, untilMs: number): void {
  const { observer, queue } = world;
  while (observer.violation === undefined && queue.step(untilMs));
}
