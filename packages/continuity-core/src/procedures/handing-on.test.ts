import { describe, expect, it } from "vitest";
import { automationOff } from "../explain/decided-scene.ts";
import { aSwitchover, atStep } from "../explain/run-scene.ts";
import {
  aDatabase,
  aFollowingKeeper,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aStandbySeen,
  aView,
} from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { beginRejoin } from "./begin-run.ts";
import { type Move, nextMove } from "./move.ts";

const ordered = aSwitchover();
const east = "controller-east-1";
const west = "controller-west-1";
const undoing = { kind: "undoing", why: "cancelled by otto", ends: "cancelled" } as const;
const move = (run: RunRecord, o: Observation, stepForMs = 0): Move =>
  nextMove({ run, revision: 5, stepForMs }, o);
const journalled = (...told: Parameters<typeof move>) => {
  const next = move(...told);
  if (next.kind !== "journal") throw new Error(`no entry, but ${next.kind}`);
  return next;
};
/** The run with one of its steps changed. */
const withStep = (run: RunRecord, name: string, change: Partial<StepRecord>): RunRecord => ({
  ...run,
  steps: run.steps.map((step) => (step.definition.name === name ? { ...step, ...change } : step)),
});
const redefined = (run: RunRecord, name: string, change: Partial<StepRecord["definition"]>) => {
  const step = run.steps.find(({ definition }) => definition.name === name);
  if (step === undefined) throw new Error(`no ${name}`);
  return withStep(run, name, { definition: { ...step.definition, ...change } });
};
const released = (releasedForMs: number) =>
  aQuorum({
    view: aView({ lease: { kind: "released", finalLsn: "0/9000" } }),
    releasedForMs,
  });

describe("a step that is finished", () => {
  const siteOfEast = (ageMs: number) => {
    const record = { site: "east", settingsDigest: "a", version: "1", certificateDaysLeft: 90 };
    return { record: { ...record, diskFreeBytes: 10e9 } as never, ageMs };
  };
  const sites = { east: siteOfEast(0), west: siteOfEast(0), witness: siteOfEast(0) };

  it("claims the next one only for the same site, and only when nobody skipped it", () => {
    const ready = aPrimarySeen({ quorum: aQuorum({ sites }) });
    const claims = (run: RunRecord, o: Observation) => journalled(run, o).event;
    expect(claims(atStep(ordered, "ready"), ready)).toMatchObject({ claimNext: east });
    const skipped = { kind: "skipped", by: "otto", reason: "known" } as const;
    const skipping = withStep(atStep(ordered, "ready"), "handed-over", { state: skipped });
    expect(claims(skipping, ready)).toMatchObject({ claimNext: null });
    const serving = aPrimarySeen({ self: "west", controllerBootId: west });
    const upstream = atStep(ordered, "upstream-ready", west);
    expect(claims(upstream, serving)).toMatchObject({ step: "upstream-ready", claimNext: null });
  });

  it("is ready with nothing but what does not block, and is told with the time that it took", () => {
    const o = aPrimarySeen({ quorum: aQuorum({ sites }) });
    expect(journalled(atStep(ordered, "ready"), o, 1_234).event).toMatchObject({
      kind: "finish-step",
      evidence: ["readiness 95 of 100"],
      tookMs: 1_234,
    });
  });
});

describe("the order that goes out beside the record of a release", () => {
  const handing = atStep(ordered, "handed-over");

  it("is the take-over itself, with the end of the log and the stamp of the run", () => {
    expect(journalled(handing, aStandbySeen({ quorum: released(50) })).beside).toMatchObject({
      kind: "act",
      action: { command: { kind: "take-over", order: { mustReach: "0/9000", force: false } } },
      stamp: { run: ordered.id, term: 3, attempt: ordered.claim.number },
    });
  });

  it("is nobody's but the next region's, and only while that region can begin it", () => {
    const witness = { self: "witness", keeper: null, postgres: null } as const;
    const looking = aPrimarySeen({ ...witness, quorum: released(5_000) });
    expect(journalled(handing, looking)).not.toHaveProperty("beside");
    const deciding = aFollowingKeeper({ phase: "deciding" });
    const busy = aStandbySeen({ keeper: deciding, quorum: released(50) });
    expect(journalled(handing, busy)).not.toHaveProperty("beside");
  });
});

describe("an onlooker", () => {
  it("records only what the quorum alone shows, never what holds at its own site", () => {
    const rejoin = beginRejoin(aStandbySeen(), aView(), "east", null);
    const down = aPrimarySeen({ keeper: aKeeper({ phase: "fenced", postgres: "down" }) });
    expect(move(atStep(rejoin, "database-stopped", west), down).kind).toBe("nothing");
    const own = atStep(ordered, "redis-primary", west);
    expect(move(own, aPrimarySeen()).kind).toBe("nothing");
  });
});

describe("a take-over that an onlooker sees", () => {
  it("is recorded at once: only the record of a release is left to another region", () => {
    const view = aView({ term: { term: 4, primary: "west", run: ordered.id } });
    const o = aPrimarySeen({ quorum: aQuorum({ view, releasedForMs: 50 }) });
    expect(journalled(atStep(ordered, "taken-over", west), o).event).toMatchObject({
      kind: "finish-step",
      step: "taken-over",
    });
  });
});

describe("a run that is undone", () => {
  it("undoes what was done last, not what would have come next", () => {
    const run = { ...atStep(ordered, "taken-over", west), state: undoing };
    const o = aPrimarySeen({ keeper: aKeeper({ phase: "released", postgres: "down" }) });
    expect(move(run, o)).toMatchObject({ action: { command: { kind: "take-back" } } });
    expect(move(run, aStandbySeen()).kind).toBe("nothing");
  });

  it("is not held up by the kill switch, nor by people who had not approved yet", () => {
    const run = { ...atStep(ordered, "handed-over"), state: undoing, orderedBy: null };
    const destructive = redefined(run, "handed-over", { destructive: true });
    const keeper = aKeeper({ phase: "released", postgres: "down" });
    const off = aPrimarySeen({ keeper, quorum: aQuorum({ automation: automationOff }) });
    expect(move(destructive, off).kind).toBe("act");
    const needing = redefined(run, "handed-over", { approvals: ["approver"] });
    expect(journalled(needing, aStandbySeen(), 40_001).event).toMatchObject({
      kind: "fail-step",
      step: "handed-over",
    });
  });

  it("finishes no step for another site, although its check would hold", () => {
    const run = { ...atStep(ordered, "handed-over"), state: undoing };
    expect(move(run, aStandbySeen({ quorum: released(50) })).kind).toBe("nothing");
  });

  it("records what is undone, and fails what nobody knows how to undo", () => {
    const run = { ...atStep(ordered, "handed-over"), state: undoing };
    expect(journalled(run, aPrimarySeen()).event).toMatchObject({
      kind: "finish-undo",
      step: "handed-over",
    });
    const unknown = redefined(run, "handed-over", { undo: "no-such-check" });
    expect(journalled(unknown, aPrimarySeen()).event).toMatchObject({
      kind: "fail-step",
      why: "no such check: no-such-check",
    });
  });

  it("too late says which term had begun where", () => {
    const view = aView({ term: { term: 4, primary: "west", run: ordered.id } });
    const run = { ...atStep(ordered, "handed-over"), state: undoing };
    expect(journalled(run, aPrimarySeen({ quorum: aQuorum({ view }) })).event).toMatchObject({
      kind: "supersede",
      why: "term 4 had begun at west before the run could be undone",
    });
  });
});

describe("a step that fails", () => {
  it("by its time is tried again: only a reason that is over is final", () => {
    const busy = aPrimarySeen({ keeper: aKeeper({ phase: "releasing" }) });
    expect(journalled(atStep(ordered, "handed-over"), busy, 20_001).event).toMatchObject({
      kind: "fail-step",
      isFinal: false,
    });
  });

  it("of a plan whose check nobody has fails, with its name", () => {
    const run = redefined(atStep(ordered, "handed-over"), "handed-over", { ensure: "unheard-of" });
    expect(journalled(run, aPrimarySeen()).event).toMatchObject({
      kind: "fail-step",
      step: "handed-over",
      why: "no such check: unheard-of",
    });
  });
});

describe("a rejoin", () => {
  const rejoin = beginRejoin(aStandbySeen(), aView(), "east", null);
  const returning = (
    changes: Partial<ReturnType<typeof aDatabase>> = {},
    automation = automationOff,
  ) =>
    aStandbySeen({
      keeper: aFollowingKeeper({ phase: "fenced", postgres: "down", lapsesInMs: null }),
      postgres: aDatabase({ newestTerm: 2, endLsn: "0/9000", ...changes }),
      quorum: aQuorum({ automation }),
    });

  it("clones from its third attempt on", () => {
    const kept = returning({ isQuarantined: true, isReported: true }, null);
    const action = (attempt: number) =>
      move(withStep(atStep(rejoin, "rewound", west), "rewound", { attempt }), kept);
    expect([action(2), action(3)]).toMatchObject([
      { action: { kind: "rewind" } },
      { action: { kind: "clone" } },
    ]);
  });

  it("quarantines what nobody knows the ancestry of, as if it had diverged", () => {
    const unknown = { newestTerm: null, endLsn: null };
    expect(move(atStep(rejoin, "tail-quarantined", west), returning(unknown, null))).toMatchObject({
      action: { kind: "quarantine" },
    });
  });

  it("goes on with automation off as far as it destroys nothing", () => {
    expect(move(atStep(rejoin, "tail-quarantined", west), returning()).kind).toBe("act");
    expect(move(atStep(rejoin, "rewound", west), returning())).toMatchObject({
      why: "automation is switched off",
    });
  });
});
