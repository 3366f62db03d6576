import { lagThenLoss } from "./durability-openings.ts";
import { seedsMax } from "./mutation-plan.ts";
import { mutations } from "./mutations.ts";
import type { Opening } from "./opening.ts";
import { promisedAfterWinning, promisedWhileDeciding, promisesOnly } from "./pair-openings.ts";
import { takeOverAppliedLate } from "./permit-openings.ts";
import { runSimulation } from "./run-simulation.ts";
import { defaultWorldRules, type WorldRules } from "./world.ts";

/** A rule, the one that stands behind it, and a story in which either holds alone and nothing holds without both. */
export interface MutationPair {
  readonly held: string;
  readonly behind: string;
  readonly opening: Opening;
  /** A deviation that is both, where they change the same function. */
  readonly together?: string;
}

/** What the mutation plan says of second locks, shown: with both open the door is open. */
export const pairs: readonly MutationPair[] = [
  {
    held: "promise-starts-a-permit",
    behind: "promise-not-waited-for",
    opening: promisesOnly,
  },
  { held: "promise-before-reading", behind: "gate-skipped", opening: promisedAfterWinning },
  { held: "promise-for-unknown-term", behind: "gate-skipped", opening: promisedAfterWinning },
  { held: "promise-while-deciding", behind: "gate-skipped", opening: promisedWhileDeciding },
  {
    held: "take-over-ignores-sync",
    behind: "take-over-ignores-lease",
    opening: takeOverAppliedLate,
    together: "take-over-compares-the-term-only",
  },
  {
    held: "any-standby-is-promotable",
    behind: "controller-promotes-anything",
    opening: lagThenLoss,
  },
];

export interface FoundPair {
  /** The first seed in which both together break an invariant; null when none does. */
  readonly seed: number | null;
  readonly invariant: number | null;
  /** Whether either of them alone breaks one in that seed: then the pair shows nothing. */
  readonly isFoundAlone: boolean;
}

/** Looks for a seed in which a pair breaks an invariant that neither of the two breaks alone. */
export function huntPair({ behind, held, opening, together }: MutationPair): FoundPair {
  const one = rulesOf(held);
  const other = rulesOf(behind);
  const neither = together === undefined ? both(one, other) : rulesOf(together);
  const breaks = (seed: number, rules: WorldRules): number | null =>
    runSimulation({ seed, opening, rules }).violation?.invariant ?? null;
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const invariant = breaks(seed, neither);
    if (invariant === null) continue;
    const isFoundAlone = breaks(seed, one) !== null || breaks(seed, other) !== null;
    return { seed, invariant, isFoundAlone };
  }
  return { seed: null, invariant: null, isFoundAlone: false };
}

function rulesOf(name: string): WorldRules {
  const mutation = mutations.find((each) => each.name === name);
  if (mutation === undefined) throw new Error(`no deviation ${name}`);
  return mutation.rules;
}

function both(one: WorldRules, other: WorldRules): WorldRules {
  const { browser, controllers, keeper, portal, receiver } = defaultWorldRules;
  const { decide, procedures } = controllers;
  return {
    keeper: merged(keeper, one.keeper, other.keeper),
    controllers: {
      decide: merged(decide, one.controllers.decide, other.controllers.decide),
      procedures: merged(procedures, one.controllers.procedures, other.controllers.procedures),
    },
    receiver: other.receiver === receiver ? one.receiver : other.receiver,
    portal: merged(portal, one.portal, other.portal),
    browser: merged(browser, one.browser, other.browser),
  };
}

/** `one`, with what `other` changes of `base`. */
function merged<T extends object>(base: T, one: T, other: T): T {
  const names = Object.keys(other) as (keyof T)[];
  const changed = names.filter((name) => other[name] !== base[name]);
  return { ...one, ...Object.fromEntries(changed.map((name) => [name, other[name]])) };
}
