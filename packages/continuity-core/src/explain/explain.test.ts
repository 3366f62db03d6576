import { describe, expect, it } from "vitest";
import { sentences } from "../decide/index.ts";
import { controllerTables } from "./controller-tables.ts";
import { explainDecisions } from "./explain.ts";
import { keeperTransitions, phaseSentences } from "./keeper-table.ts";

describe("docs/reference/decisions.md", () => {
  it("is what the decision code says today", async () => {
    await expect(explainDecisions()).toMatchFileSnapshot("../../../../docs/reference/decisions.md");
  });
});

describe("the controller's table", () => {
  const reached = new Set(
    controllerTables().flatMap(({ table }) =>
      table.lines.map((line) => line.decision.replace("hold: ", "").replace(" (alarm)", "")),
    ),
  );

  it.each(Object.keys(sentences))("reaches %s", (name) => {
    expect(reached).toContain(name);
  });

  it("decides nothing that has no sentence", () => {
    expect([...reached].filter((name) => !Object.hasOwn(sentences, name))).toEqual([]);
  });
});

describe("the keeper's table", () => {
  const edges = keeperTransitions();
  const reachableFrom = (start: string): Set<string> => {
    const seen = new Set([start]);
    for (const phase of seen)
      for (const edge of edges) if (edge.fromPhase === phase) seen.add(edge.toPhase);
    return seen;
  };

  it("reaches every phase from a start", () => {
    const reachable = reachableFrom("idle");
    expect(Object.keys(phaseSentences).filter((phase) => !reachable.has(phase))).toEqual([]);
  });

  it.each(Object.keys(phaseSentences).filter((phase) => phase !== "halted"))(
    "has a way out of %s: to serving and to standby",
    (phase) => {
      const reachable = reachableFrom(phase);
      expect(reachable).toContain("serving");
      expect(reachable).toContain("standby");
    },
  );

  it("leaves halted only by a restart", () => {
    expect(reachableFrom("halted")).toEqual(new Set(["halted"]));
  });
});
