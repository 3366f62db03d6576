import { describe, expect, it } from "vitest";
import { huntPair, pairs } from "./mutation-pairs.ts";
import { heldByAnother, hunt, plan } from "./mutation-plan.ts";
import { mutations } from "./mutations.ts";
import { openings } from "./openings.ts";
import { runSimulation } from "./run-simulation.ts";

it("plants every deviation, or says which other rule stands behind it", () => {
  const names = mutations.map(({ name }) => name).sort();
  expect(Object.keys({ ...plan, ...heldByAnother }).sort()).toEqual(names);
  expect(Object.keys(plan).filter((name) => name in heldByAnother)).toEqual([]);
});

describe("finds", () => {
  it.each(Object.keys(plan))("%s", (name) => {
    expect(hunt(name).result?.violation).toBeDefined();
  });
});

describe("finds without both of them", () => {
  const named = pairs.map((pair) => [`${pair.held} and ${pair.behind}`, pair] as const);
  it.each(named)("%s", (_name, pair) => {
    const { isFoundAlone, seed } = huntPair(pair);
    expect(seed).not.toBeNull();
    expect(isFoundAlone).toBe(false);
    expect(heldByAnother[pair.held]).toBeDefined();
  });
});

describe("with the rules as designed, nothing breaks in", () => {
  it.each(openings.map((opening) => [opening.name, opening] as const))("%s", (_name, opening) => {
    for (let seed = 1; seed <= 6; seed += 1)
      expect(runSimulation({ seed, opening }).violation).toBeUndefined();
  });
});
