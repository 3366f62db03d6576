import { describeFault, type ScheduledFault, scheduleFaults } from "./fault.ts";
import type { Violation } from "./observer.ts";
import type { SimulationOptions } from "./run-simulation.ts";
import { defaultFaultsPerMinute, defaultMinutes, runSimulation } from "./run-simulation.ts";
import { shrink } from "./shrink.ts";

export interface Explanation {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** Faults that are enough to break the invariant; all of the seed's when nothing broke. */
  readonly faults: readonly ScheduledFault[];
  /** The trace for a person: when, who, what. */
  readonly lines: readonly string[];
}

/** The last so many lines before a violation tell its story; earlier ones are left out. */
const linesMax = 120;

/** What the same process said among its last so many lines is not told again: a step that is tried each 0.2 s has three lines. */
const repeatedWithin = 4;

/** Replays a seed; when an invariant breaks, finds the fewest faults that break it and tells what happened. */
export function explainSeed(options: SimulationOptions): Explanation {
  const { seed, minutes = defaultMinutes, faultsPerMinute = defaultFaultsPerMinute } = options;
  const scheduled = options.faults ?? scheduleFaults(seed, minutes, faultsPerMinute);
  const first = runSimulation({ ...options, faults: scheduled });
  const shrunk =
    first.violation === undefined ? undefined : shrink(options, scheduled, first.violation);
  const faults = shrunk?.faults ?? scheduled;
  const trace = new Trace();
  runSimulation({ ...options, faults, onNote: (atMs, who, text) => trace.add(atMs, who, text) });
  const violation = shrunk?.violation;
  return { seed, violation, faults, lines: tell(faults, trace.lines(), violation) };
}

interface Told {
  readonly atMs: number;
  readonly who: string;
  readonly text: string;
  times: number;
  lastMs: number;
}

/** Lines in the order in which they were said; of what one process goes on repeating, the first time and how often. */
class Trace {
  readonly #lines: Told[] = [];
  readonly #said = new Map<string, Told[]>();

  add(atMs: number, who: string, text: string): void {
    const said = this.#said.get(who) ?? [];
    const before = said.find((line) => line.text === text);
    if (before !== undefined) {
      before.times += 1;
      before.lastMs = atMs;
      return;
    }
    const line: Told = { atMs, who, text, times: 1, lastMs: atMs };
    this.#said.set(who, [...said, line].slice(-repeatedWithin));
    this.#lines.push(line);
  }

  lines(): string[] {
    return this.#lines.map(({ atMs, who, text, times, lastMs }) => {
      const again = times === 1 ? "" : ` (${times} times until ${(lastMs / 1_000).toFixed(3)} s)`;
      return traceLine(atMs, who, `${text}${again}`);
    });
  }
}

function traceLine(atMs: number, who: string, text: string): string {
  return `${(atMs / 1_000).toFixed(3).padStart(9)} s  ${who.padEnd(18)} ${text}`;
}

function tell(
  faults: readonly ScheduledFault[],
  trace: readonly string[],
  violation: Violation | undefined,
): readonly string[] {
  const lines = [`${faults.length} fault(s):`];
  for (const { atMs, fault } of faults) lines.push(traceLine(atMs, "fault", describeFault(fault)));
  lines.push("", "what happened:");
  const left = trace.length - linesMax;
  if (left > 0) lines.push(`          …  (${left} earlier lines)`);
  lines.push(...trace.slice(-linesMax), "");
  lines.push(
    violation === undefined
      ? "every invariant held"
      : `invariant ${violation.invariant} broke at ${(violation.atMs / 1_000).toFixed(3)} s: ${violation.what}`,
  );
  return lines;
}
