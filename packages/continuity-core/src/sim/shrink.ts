import type { ScheduledFault } from "./fault.ts";
import type { Violation } from "./observer.ts";
import { runSimulation, type SimulationOptions } from "./run-simulation.ts";

export interface Shrunk {
  readonly faults: readonly ScheduledFault[];
  readonly violation: Violation;
  /** Simulations that were run to get there. */
  readonly attempts: number;
}

/** At most this many simulations are spent on one failing seed. */
const attemptsMax = 400;

/**
 * Leaves out faults as long as the same invariant still breaks: halves first, then quarters, down to single ones; then
 * shortens what remains.
 */
export function shrink(
  options: SimulationOptions,
  faults: readonly ScheduledFault[],
  violation: Violation,
): Shrunk {
  let attempts = 0;
  let best: Shrunk = { faults, violation, attempts };
  const tryWith = (candidate: readonly ScheduledFault[]): boolean => {
    if (attempts >= attemptsMax) return false;
    attempts += 1;
    const result = runSimulation({ ...options, faults: candidate });
    if (result.violation?.invariant !== violation.invariant) return false;
    best = { faults: candidate, violation: result.violation, attempts };
    return true;
  };
  tryWith(faults.filter((fault) => fault.atMs <= violation.atMs));
  leaveOut(() => best.faults, tryWith);
  shorten(() => best.faults, tryWith);
  leaveOut(() => best.faults, tryWith);
  return { ...best, attempts };
}

type Attempt = (candidate: readonly ScheduledFault[]) => boolean;

function leaveOut(current: () => readonly ScheduledFault[], tryWith: Attempt): void {
  for (let size = Math.ceil(current().length / 2); size >= 1; size = Math.floor(size / 2)) {
    let start = 0;
    while (start < current().length) {
      const without = [...current().slice(0, start), ...current().slice(start + size)];
      if (!tryWith(without)) start += size;
    }
  }
}

/** Faults that last half as long, and begin at a round second, are easier to think about. */
function shorten(current: () => readonly ScheduledFault[], tryWith: Attempt): void {
  for (let index = 0; index < current().length; index += 1) {
    const scheduled = current()[index] as ScheduledFault;
    const { fault } = scheduled;
    const simpler: ScheduledFault[] = [];
    if ("forMs" in fault && fault.forMs > 200)
      simpler.push({ ...scheduled, fault: { ...fault, forMs: fault.forMs / 2 } });
    simpler.push({ ...scheduled, atMs: Math.round(scheduled.atMs / 1_000) * 1_000 });
    for (const one of simpler) {
      tryWith(current().map((each, at) => (at === index ? one : each)));
    }
  }
}
