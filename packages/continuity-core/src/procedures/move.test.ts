import { describe, expect, it } from "vitest";
import { aSwitchover, atStep } from "../explain/run-scene.ts";
import { aKeeper, aPrimarySeen, aQuorum, aStandbySeen, aView } from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { type Move, nextMove } from "./move.ts";

const ordered = aSwitchover();

/** The switchover with the named step begun by this controller's life. */
function at(
  name: string,
  controller = "controller-east-1",
  changes: Partial<RunRecord> = {},
): RunRecord {
  return { ...atStep(ordered, name, controller), ...changes };
}
const move = (run: RunRecord, o: Observation, stepForMs = 0): Move =>
  nextMove({ run, revision: 5, stepForMs }, o);
const event = (...told: Parameters<typeof move>): string => {
  const next = move(...told);
  return next.kind === "journal" ? next.event.kind : next.kind;
};
const undoing = { kind: "undoing", why: "cancelled by otto", ends: "cancelled" } as const;
const busy = aPrimarySeen({ keeper: aKeeper({ phase: "releasing" }) });
const budgetMs = 20_000;

describe("the budget of a step", () => {
  it("is used up after its last millisecond, by its own site", () => {
    expect(event(at("handed-over"), busy, budgetMs)).toBe("nothing");
    expect(event(at("handed-over"), busy, budgetMs + 1)).toBe("fail-step");
  });

  it("is used up after twice that for whoever looks on", () => {
    expect(event(at("handed-over"), aStandbySeen(), 2 * budgetMs)).toBe("nothing");
    expect(event(at("handed-over"), aStandbySeen(), 2 * budgetMs + 1)).toBe("fail-step");
  });

  it("holds for undoing as well", () => {
    const run = at("handed-over", "controller-east-1", { state: undoing });
    const waiting = aPrimarySeen({ keeper: aKeeper({ phase: "resuming" }) });
    expect(event(run, waiting, budgetMs)).toBe("nothing");
    expect(event(run, waiting, budgetMs + 1)).toBe("fail-step");
  });
});

describe("a step that somebody else's life began", () => {
  it("is begun again before it acts, as long as an attempt is left", () => {
    const other = at("handed-over", "controller-east-0");
    expect(event(other, aPrimarySeen())).toBe("begin-step");
    const steps = other.steps.map((step) => ({ ...step, attempt: step.definition.attemptsMax }));
    expect(move({ ...other, steps }, aPrimarySeen())).toMatchObject({
      event: { kind: "fail-step", why: "no attempt is left" },
    });
  });

  it("that holds already is recorded all the same", () => {
    const view = aView({ lease: { kind: "released", finalLsn: "0/9000" } });
    const o = aPrimarySeen({ quorum: aQuorum({ view }) });
    expect(event(at("handed-over", "controller-east-0"), o)).toBe("finish-step");
  });
});

describe("an act of a run", () => {
  it("carries the authority of the term that the run has reached", () => {
    expect(move(at("handed-over"), aPrimarySeen())).toEqual({
      kind: "act",
      action: { kind: "keeper", command: { kind: "release" } },
      stamp: {
        storeGeneration: 1,
        storeId: aView().store.record?.id,
        term: 3,
        run: ordered.id,
        attempt: ordered.claim.number,
      },
    });
    const view = aView({ term: { term: 4, run: ordered.id } });
    const o = aStandbySeen({
      quorum: aQuorum({ view }),
      redis: { role: "replica", offset: 1, isLinked: true },
    });
    expect(move(at("redis-primary", "controller-west-1"), o)).toMatchObject({
      action: { kind: "redis-promote" },
      stamp: { term: 4 },
    });
  });

  it("that undoes has the stamp of the run as well", () => {
    const o = aPrimarySeen({ keeper: aKeeper({ phase: "released", postgres: "down" }) });
    expect(move(at("handed-over", "controller-east-1", { state: undoing }), o)).toMatchObject({
      action: { command: { kind: "take-back" } },
      stamp: { run: ordered.id, term: 3 },
    });
  });
});

describe("nothing is done", () => {
  it("without the quorum, or for a run that is paused", () => {
    for (const part of ["store", "term"] as const) {
      const view = { ...aView(), [part]: { record: null, revision: 0 } };
      expect(event(at("handed-over"), aPrimarySeen({ quorum: aQuorum({ view }) }))).toBe("nothing");
    }
    expect(event(at("handed-over"), aPrimarySeen({ quorum: aQuorum({ view: null }) }))).toBe(
      "nothing",
    );
    const paused = at("handed-over", "controller-east-1", {
      state: { kind: "paused", by: "otto" },
    });
    expect(event(paused, aPrimarySeen(), 10 * budgetMs)).toBe("nothing");
  });

  it("for a run of which no step is left", () => {
    const steps = ordered.steps.map(
      (step): StepRecord => ({ ...step, state: { kind: "done", evidence: [], tookMs: 1 } }),
    );
    expect(move({ ...ordered, steps }, aPrimarySeen())).toEqual({
      kind: "nothing",
      why: "no step is left",
    });
  });
});

describe("a hand-over that needs an approval before the take-over", () => {
  it("is recorded, but nothing is ordered beside it", () => {
    const view = aView({ lease: { kind: "released", finalLsn: "0/9000" } });
    const o = aStandbySeen({ quorum: aQuorum({ view, releasedForMs: 50 }) });
    const run = at("handed-over");
    expect(move(run, o)).toHaveProperty("beside");
    const steps = run.steps.map((step) =>
      step.definition.name === "taken-over"
        ? { ...step, definition: { ...step.definition, approvals: ["approver" as const] } }
        : step,
    );
    const needing = move({ ...run, steps }, o);
    expect(needing).toMatchObject({ event: { kind: "finish-step", step: "handed-over" } });
    expect(needing).not.toHaveProperty("beside");
  });
});

describe("a step that waits for people", () => {
  const needing = (state: RunRecord["state"] = { kind: "running" }): RunRecord => {
    const run = at("handed-over", "controller-east-1", { state });
    const steps = run.steps.map((step) =>
      step.definition.name === "handed-over"
        ? { ...step, definition: { ...step.definition, approvals: ["approver" as const] } }
        : step,
    );
    return { ...run, steps };
  };
  const patienceMs = 30 * 60_000;

  it("costs neither attempt nor budget for half an hour, whoever's it is, and is over for good then", () => {
    for (const o of [aPrimarySeen(), aStandbySeen()]) {
      expect(move(needing(), o, patienceMs)).toEqual({
        kind: "nothing",
        why: "handed-over waits for approver",
      });
      expect(move(needing(), o, patienceMs + 1)).toMatchObject({
        event: { kind: "fail-step", isFinal: true },
      });
    }
  });

  it("is undone without them", () => {
    const o = aPrimarySeen({ keeper: aKeeper({ phase: "released", postgres: "down" }) });
    expect(move(needing(undoing), o)).toMatchObject({ kind: "act" });
  });
});

describe("the record of a hand-over", () => {
  it("is left to the region that goes on for a second, also by the witness", () => {
    const view = aView({ lease: { kind: "released", finalLsn: "0/9000" } });
    const witness = (releasedForMs: number) =>
      aPrimarySeen({
        self: "witness",
        keeper: null,
        postgres: null,
        quorum: aQuorum({ view, releasedForMs }),
      });
    expect(event(at("handed-over"), witness(999))).toBe("nothing");
    expect(event(at("handed-over"), witness(1_000))).toBe("finish-step");
  });
});
