import { describe, expect, it } from "vitest";
import { automationOff } from "../explain/decided-scene.ts";
import { aSwitchover, atStep } from "../explain/run-scene.ts";
import {
  aDatabase,
  aFollower,
  aFollowingKeeper,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aStandbySeen,
  aView,
  someTime,
} from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import { currentStep, type RunRecord, reduceRun } from "../runs/index.ts";
import { beginRejoin, takeOverRun } from "./begin-run.ts";
import { ensures } from "./ensures.ts";
import { nextMove } from "./move.ts";
import { procedureRules } from "./rules.ts";
import { stepsOf } from "./steps.ts";

const move = (run: RunRecord, o: Observation, stepForMs = 0) =>
  nextMove({ run, revision: 5, stepForMs }, o);
const off = automationOff;

function journalled(run: RunRecord, o: Observation, stepForMs = 0): RunRecord {
  const next = move(run, o, stepForMs);
  if (next.kind !== "journal") throw new Error(`expected a journal entry, got ${next.kind}`);
  const reduced = reduceRun(run, next.event);
  if (reduced.kind === "refused") throw new Error(reduced.why);
  return reduced.run;
}

describe("a step of a run", () => {
  it("is begun in the journal before it acts, and acts with the run's stamp", () => {
    const run = atStep(aSwitchover(), "handed-over");
    const pending = {
      ...run,
      steps: run.steps.map((step) =>
        step.definition.name === "handed-over"
          ? { ...step, attempt: 0, state: { kind: "pending" } as const }
          : step,
      ),
    };
    const begun = journalled(pending, aPrimarySeen());
    expect(currentStep(begun)?.state).toMatchObject({ kind: "running", by: "controller-east-1" });
    expect(move(begun, aPrimarySeen())).toMatchObject({
      kind: "act",
      action: { kind: "keeper", command: { kind: "release" } },
      stamp: { term: 3, run: run.id, attempt: begun.claim.number },
    });
  });

  it("that holds already is recorded without acting", () => {
    const lease = { kind: "released", finalLsn: "0/9000" } as const;
    const o = aPrimarySeen({ quorum: aQuorum({ view: aView({ lease }) }) });
    expect(move(atStep(aSwitchover(), "handed-over"), o)).toMatchObject({
      kind: "journal",
      event: { kind: "finish-step", step: "handed-over", finalLsn: "0/9000" },
    });
  });

  it("is begun again by a successor, under a new attempt", () => {
    const run = atStep(aSwitchover(), "handed-over", "controller-east-0");
    const again = journalled(run, aPrimarySeen());
    expect(currentStep(again)).toMatchObject({ attempt: 2, state: { by: "controller-east-1" } });
  });

  it("of another site is left alone, and failed when it is far over its budget", () => {
    const run = atStep(aSwitchover(), "handed-over");
    expect(move(run, aStandbySeen())).toMatchObject({ kind: "nothing" });
    expect(move(run, aStandbySeen(), 41_000)).toMatchObject({
      kind: "journal",
      event: { kind: "fail-step" },
    });
  });

  it("over its own budget is failed by its own site", () => {
    const waiting = aPrimarySeen({ keeper: aKeeper({ phase: "releasing" }) });
    expect(move(atStep(aSwitchover(), "handed-over"), waiting, 20_001)).toMatchObject({
      kind: "journal",
      event: { kind: "fail-step" },
    });
    expect(move(atStep(aSwitchover(), "handed-over"), waiting, 19_000)).toMatchObject({
      kind: "nothing",
    });
  });

  it("of a paused run does nothing", () => {
    expect(move(aSwitchover({ state: { kind: "paused", by: "otto" } }), aPrimarySeen())).toEqual({
      kind: "nothing",
      why: "paused",
    });
  });

  it("of a run from an older term is not applied: the run is superseded", () => {
    const o = aPrimarySeen({ quorum: aQuorum({ view: aView({ term: { term: 5 } }) }) });
    expect(move(aSwitchover(), o)).toMatchObject({ kind: "journal", event: { kind: "supersede" } });
  });

  it("that destroys is not begun by itself with automation off, and is when a person ordered the run", () => {
    const rejoin = atStep(
      beginRejoin(aStandbySeen(), aView(), "east", null),
      "rewound",
      "controller-west-1",
    );
    const o = aStandbySeen({
      postgres: aDatabase({ newestTerm: 2 }),
      quorum: aQuorum({ automation: off }),
    });
    expect(move(rejoin, o)).toEqual({ kind: "nothing", why: "automation is switched off" });
    expect(move({ ...rejoin, orderedBy: "otto" }, o).kind).not.toBe("nothing");
  });
});

describe("a switchover", () => {
  it("refuses when not ready, unless the operator names what is ignored", () => {
    const run = atStep(aSwitchover(), "ready");
    const event = (r: RunRecord) => move(r, aPrimarySeen());
    expect(event(run)).toMatchObject({ kind: "journal", event: { kind: "fail-step" } });
    const why = event(run);
    if (why.kind !== "journal" || why.event.kind !== "fail-step") throw new Error("not failed");
    const codes = why.event.why.replace("not ready: ", "").split(", ");
    expect(codes).toContain("site-silent");
    expect(event({ ...run, ignored: codes })).toMatchObject({ event: { kind: "finish-step" } });
  });

  it("proves that the standby has the end of the old primary's log", () => {
    const run = atStep(aSwitchover({ finalLsn: "0/9000" }), "taken-over", "controller-west-1");
    expect(move(run, aStandbySeen())).toMatchObject({
      action: {
        command: {
          kind: "take-over",
          order: { mustReach: "0/9000", cause: "switchover", force: false },
        },
      },
    });
  });

  it("orders the take-over beside the journal as soon as the release is seen", () => {
    const lease = { kind: "released", finalLsn: "0/9000" } as const;
    const o = aStandbySeen({ quorum: aQuorum({ view: aView({ lease }) }) });
    expect(move(atStep(aSwitchover(), "handed-over"), o)).toMatchObject({
      kind: "journal",
      event: { kind: "finish-step", step: "handed-over", claimNext: o.controllerBootId },
      beside: {
        kind: "act",
        action: { command: { kind: "take-over", order: { mustReach: "0/9000", force: false } } },
      },
    });
    const witness = { ...o, self: "witness" as const, keeper: null };
    expect(move(atStep(aSwitchover(), "handed-over"), witness)).not.toHaveProperty("beside");
    const undoing = { kind: "undoing", why: "cancelled by otto", ends: "cancelled" } as const;
    expect(move(atStep(aSwitchover({ state: undoing }), "handed-over"), o)).not.toHaveProperty(
      "beside",
    );
  });

  it("leaves the record of a release to the region that goes on, for a second", () => {
    const lease = { kind: "released", finalLsn: "0/9000" } as const;
    const seen = (releasedForMs: number): Observation =>
      aPrimarySeen({ quorum: aQuorum({ view: aView({ lease }), releasedForMs }) });
    expect(move(atStep(aSwitchover(), "handed-over"), seen(999))).toMatchObject({
      kind: "nothing",
    });
    expect(move(atStep(aSwitchover(), "handed-over"), seen(1_000))).toMatchObject({
      event: { kind: "finish-step", step: "handed-over" },
    });
  });

  it("that was cancelled too late says that its term had begun", () => {
    const undoing = { kind: "undoing", why: "cancelled by otto", ends: "cancelled" } as const;
    const run = atStep(aSwitchover({ state: undoing }), "handed-over");
    const term = { term: 4, primary: "west", run: run.id } as const;
    const o = aPrimarySeen({ quorum: aQuorum({ view: aView({ term }) }) });
    expect(move(run, o)).toMatchObject({ event: { kind: "supersede" } });
  });

  it("made ungraceful forces the take-over, which skips evidence, never time", () => {
    const run = atStep(aSwitchover({ isGraceful: false }), "taken-over", "controller-west-1");
    expect(move(run, aStandbySeen())).toMatchObject({
      action: { command: { order: { cause: "forced", force: true, mustReach: null } } },
    });
  });

  it("that is cancelled takes the lease back", () => {
    const run = atStep(
      aSwitchover({ state: { kind: "undoing", why: "", ends: "cancelled" } }),
      "handed-over",
    );
    const released = aPrimarySeen({ keeper: aKeeper({ phase: "released", postgres: "down" }) });
    expect(move(run, released)).toMatchObject({ action: { command: { kind: "take-back" } } });
    expect(move(run, aPrimarySeen())).toMatchObject({ event: { kind: "finish-undo" } });
  });
});

describe("Redis in a run", () => {
  it("[HCC-DRR-27] is promoted as a step of every failover and switchover, without a person", () => {
    for (const kind of ["failover", "switchover", "failback"] as const) {
      const names = stepsOf(kind, "west").map((step) => step.definition.name);
      expect(names.indexOf("redis-primary")).toBeGreaterThan(names.indexOf("taken-over"));
    }
    const run = atStep(aSwitchover(), "redis-primary", "controller-west-1");
    expect(move(run, aStandbySeen())).toMatchObject({ action: { kind: "redis-promote" } });
    const redis = { role: "primary", offset: 9, isLinked: false } as const;
    expect(move(run, aStandbySeen({ redis }))).toMatchObject({ event: { kind: "finish-step" } });
  });
});

describe("an automatic failover", () => {
  const run = atStep(
    takeOverRun(aStandbySeen(), aView(), { id: "f", term: 3, to: "west", withinRpo: true }),
    "taken-over",
    "controller-west-1",
  );

  it("waits for the order that went out beside its journal, and never orders again", () => {
    expect(move(run, aStandbySeen(), 500)).toMatchObject({ kind: "nothing" });
    const deciding = aStandbySeen({ keeper: aFollowingKeeper({ phase: "deciding" }) });
    expect(move(run, deciding, 5_000)).toMatchObject({ kind: "nothing" });
  });

  it("ends for good when the keeper refused: its reason is over", () => {
    const next = move(run, aStandbySeen(), 2_100);
    expect(next).toMatchObject({ kind: "journal", event: { kind: "fail-step", isFinal: true } });
    expect(journalled(run, aStandbySeen(), 2_100).state).toMatchObject({ kind: "failed" });
  });

  it("goes on in whichever region took over, and is recorded by whoever sees it", () => {
    const view = aView({ term: { term: 4, run: "f", primary: "west" } });
    const east = aPrimarySeen({ quorum: aQuorum({ view }) });
    expect(move(run, east)).toMatchObject({ event: { kind: "finish-step", step: "taken-over" } });
  });
});

describe("a rejoin", () => {
  const history = [
    {
      term: 2,
      primary: "west" as const,
      endedBy: "failover" as const,
      successor: "east" as const,
      run: null,
      successorLsn: "0/5000",
      endedAt: someTime,
    },
  ];
  const tail = aDatabase({ newestTerm: 2, endLsn: "0/9000" });
  const rejoin = () => beginRejoin(aStandbySeen(), aView(), "east", null);
  const seen = (changes: Partial<Observation>) =>
    aStandbySeen({
      keeper: aFollowingKeeper({ phase: "fenced", postgres: "down" }),
      quorum: aQuorum({ history }),
      ...changes,
    });
  const step = (name: string, changes: Partial<Observation>) =>
    move(atStep(rejoin(), name, "controller-west-1"), seen(changes));

  it("quarantines and reports before anything is rewound, in this order", () => {
    const names = stepsOf("rejoin", "east").map((each) => each.definition.name);
    expect(names.indexOf("tail-quarantined")).toBeLessThan(names.indexOf("tail-reported"));
    expect(names.indexOf("tail-reported")).toBeLessThan(names.indexOf("rewound"));
    expect(step("tail-quarantined", { postgres: tail })).toMatchObject({
      action: { kind: "quarantine" },
    });
    expect(step("tail-reported", { postgres: { ...tail, isQuarantined: true } })).toMatchObject({
      action: { kind: "report-tail" },
    });
  });

  it("does not rewind what is not quarantined and reported, even if a step was recorded wrongly", () => {
    expect(step("rewound", { postgres: tail })).toMatchObject({
      kind: "journal",
      event: { kind: "fail-step" },
    });
    expect(step("rewound", { postgres: { ...tail, isQuarantined: true } })).toMatchObject({
      event: { kind: "fail-step" },
    });
    expect(
      step("rewound", { postgres: { ...tail, isQuarantined: true, isReported: true } }),
    ).toMatchObject({ action: { kind: "rewind" } });
  });

  it("refuses to quarantine without the space for it", () => {
    expect(step("tail-quarantined", { postgres: { ...tail, freeBytes: 1e9 } })).toMatchObject({
      event: { kind: "fail-step" },
    });
  });

  it("has nothing to quarantine when nothing diverged, or when there is nothing", () => {
    const clean = aDatabase({ newestTerm: 2, endLsn: "0/5000" });
    expect(step("tail-quarantined", { postgres: clean })).toMatchObject({
      event: { kind: "finish-step" },
    });
    const empty = aDatabase({ directory: "empty", newestTerm: null, endLsn: null });
    expect(step("tail-quarantined", { postgres: empty })).toMatchObject({
      event: { kind: "finish-step" },
    });
    expect(step("rewound", { postgres: empty })).toMatchObject({ action: { kind: "clone" } });
  });

  it("clones a directory that a crash left half rewound", () => {
    const half = aDatabase({
      directory: "damaged",
      newestTerm: null,
      endLsn: null,
      isQuarantined: true,
      isReported: true,
    });
    expect(step("rewound", { postgres: half })).toMatchObject({ action: { kind: "clone" } });
  });

  it("waits for the new primary's checkpoint and slot before it rewinds", () => {
    const run = atStep(rejoin(), "upstream-ready");
    const unprepared = aPrimarySeen({ postgres: aDatabase({ isUpstreamReady: false }) });
    expect(move(run, unprepared)).toMatchObject({ action: { kind: "prepare-upstream" } });
    expect(move(run, aPrimarySeen())).toMatchObject({ event: { kind: "finish-step" } });
  });

  it("replaces a standby that its upstream can no longer serve", () => {
    const run = atStep(
      beginRejoin(aStandbySeen(), aView(), "east", "data-west"),
      "rewound",
      "controller-west-1",
    );
    const stuck = seen({
      postgres: aFollower({ receiver: { isStreaming: false, silentMs: 20_000 } }),
    });
    expect(move(run, stuck)).toMatchObject({ action: { kind: "clone" } });
    expect(move(run, seen({ postgres: aFollower() }))).toMatchObject({
      event: { kind: "finish-step" },
    });
    expect(move(run, seen({ postgres: aFollower({ dataId: "data-new" }) }))).toMatchObject({
      event: { kind: "finish-step" },
    });
  });

  it("stops what was started meanwhile before it touches the directory", () => {
    const running = {
      keeper: aFollowingKeeper(),
      postgres: { ...tail, isQuarantined: true, isReported: true },
    };
    expect(step("rewound", running)).toMatchObject({
      action: { kind: "keeper", command: { kind: "stop-standby" } },
    });
    expect(step("tail-quarantined", { ...running, postgres: tail })).toMatchObject({
      action: { kind: "keeper", command: { kind: "stop-standby" } },
    });
  });

  it("ends when the standby streams and Redis follows", () => {
    const following = { keeper: aFollowingKeeper(), postgres: aFollower() };
    expect(step("following", following)).toMatchObject({ event: { kind: "finish-step" } });
    const redis = { role: "primary", offset: 3, isLinked: false } as const;
    expect(step("redis-following", { ...following, redis })).toMatchObject({
      action: { kind: "redis-follow", primary: "east" },
    });
  });
});

describe("every procedure", () => {
  it("names checks that exist, for steps and for their undoing", () => {
    for (const kind of ["switchover", "failback", "failover", "rejoin"] as const) {
      for (const { definition } of stepsOf(kind, "west")) {
        expect(Object.keys(ensures)).toContain(definition.ensure);
        expect([null, ...Object.keys(ensures)]).toContain(definition.undo);
      }
    }
  });

  it("can be killed between any two steps: its successor begins again where the journal stands", () => {
    for (const { definition } of aSwitchover().steps) {
      const run = atStep(aSwitchover(), definition.name, "dead-controller");
      const o = definition.site === "east" ? aPrimarySeen() : aStandbySeen();
      const next = move(run, o);
      expect(next.kind).toBe("journal");
    }
  });

  it("destroys only what the rules let it", () => {
    const local = aDatabase();
    expect(procedureRules.mayDestroy(local, "diverged")).toBe(false);
    expect(procedureRules.mayDestroy(local, "unknown")).toBe(false);
    expect(
      procedureRules.mayDestroy({ ...local, isQuarantined: true, isReported: true }, "diverged"),
    ).toBe(true);
  });
});
