import type { Policy } from "../decide/index.ts";
import type { Dice } from "./dice.ts";
import type { Fault, ScheduledFault } from "./fault.ts";
import type { ParametersOf, World } from "./world.ts";

/** Something that follows when the trace says something: the moments that matter lie between two steps. */
export interface Trigger {
  readonly who: string;
  /** Part of what is told. */
  readonly says: string;
  readonly afterMs: number;
  readonly faults: readonly Fault[];
}

/** What must be true at a time of a scripted story, over and above the invariants; null when it is. */
export interface Expectation {
  readonly atMs: number;
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  readonly why: (world: World) => string | null;
}

export interface Script {
  readonly faults: readonly ScheduledFault[];
  readonly triggers?: readonly Trigger[];
  readonly expectations?: readonly Expectation[];
  readonly parameters?: ParametersOf;
  readonly policy?: Partial<Policy>;
  /** Rates of the clocks of some processes. */
  readonly clockRates?: Readonly<Record<string, number>>;
  readonly thinkMs?: number;
  /** Nobody writes between these times. */
  readonly quiet?: { readonly fromMs: number; readonly toMs: number };
  readonly controllers?: "reckless";
}

/** A scripted story that leads a world close to where a rule matters; the seed varies its times. */
export interface Opening {
  readonly name: string;
  readonly minutes: number;
  readonly script: (dice: Dice) => Script;
}

/** Puts a script on stage. */
export function direct(world: World, script: Script): void {
  for (const [name, rate] of Object.entries(script.clockRates ?? {}))
    world.process(name).setClockRate(rate);
  if (script.quiet !== undefined) {
    world.queue.at(script.quiet.fromMs, () => setWriting(world, false));
    world.queue.at(script.quiet.toMs, () => setWriting(world, true));
  }
  for (const { atMs, invariant, why } of script.expectations ?? []) {
    world.queue.at(atMs, () => {
      const told = why(world);
      if (told !== null) world.observer.violate(invariant, told);
    });
  }
}

function setWriting(world: World, isWriting: boolean): void {
  for (const browser of world.browsers) browser.isWriting = isWriting;
}

/** Nothing that an installation says while it comes up is a moment of a story. */
const storiesBeginAtMs = 9_900;

/** Waits for the moments of a script's triggers; each fires once. */
export function watchFor(
  world: World,
  triggers: readonly Trigger[],
  apply: (fault: Fault) => void,
): void {
  const waiting = new Set(triggers);
  world.watch((who, text) => {
    if (world.queue.now < storiesBeginAtMs) return;
    for (const trigger of waiting) {
      if (who !== trigger.who || !text.includes(trigger.says)) continue;
      waiting.delete(trigger);
      for (const fault of trigger.faults) world.queue.after(trigger.afterMs, () => apply(fault));
    }
  });
}
