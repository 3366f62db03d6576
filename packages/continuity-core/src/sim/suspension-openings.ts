import type { Opening } from "./opening.ts";
import { at, fromMs, slowPlan } from "./script-parts.ts";

/**
 * The primary's machine is suspended with its clocks, as no assumption allows, and goes on after the other region has taken over. Its
 * portal's permit is still valid by a clock that stood still: `local` writes only, and only until that permit ends.
 */
export const suspendedMachine: Opening = {
  name: "suspended-machine",
  minutes: 0.8,
  script: (dice) => ({
    // Long permits, so that much of one is left when the machine goes on.
    parameters: () => slowPlan,
    thinkMs: dice.between(60, 200),
    faults: [
      at(fromMs + dice.between(0, 1_000), {
        kind: "suspend-region",
        region: "east",
        forMs: dice.between(14_000, 18_000),
      }),
    ],
  }),
};
