import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
import { aPrimarySeen, aView, someTime } from "../explain/scene.ts";
import { stepsOf, takeOverRun } from "../procedures/index.ts";
import { startsCooldown, whySuperseded } from "./cooldown.ts";
import { planSchema } from "./plan.ts";
import { type Reduced, type RunEvent, reduceRun } from "./reducer.ts";
import { currentStep, isOpen, type RunRecord, runRecordSchema } from "./run-record.ts";
import { type Stamp, whyRefused } from "./stamp.ts";

const at = someTime;
function advance(run: RunRecord, ...events: readonly RunEvent[]): RunRecord {
  return events.reduce((before, event) => {
    const reduced = reduceRun(before, event);
    if (reduced.kind === "refused") throw new Error(`${event.kind}: ${reduced.why}`);
    return reduced.run;
  }, run);
}

const refusal = (reduced: Reduced): string | null =>
  reduced.kind === "refused" ? reduced.why : null;
const begin = (controller = "c1"): RunEvent => ({ kind: "begin-step", controller, at });
const finish = (step: string, claimNext: string | null = null): RunEvent => ({
  kind: "finish-step",
  step,
  evidence: ["seen"],
  tookMs: 5,
  finalLsn: null,
  claimNext,
  at,
});
const fail = (step: string): RunEvent => ({ kind: "fail-step", step, why: "no", at });
const names = (run: RunRecord) => run.steps.map((step) => step.definition.name);

/** Runs on until the named step is the current one. */
function upTo(name: string, run = aSwitchover()): RunRecord {
  let next = run;
  for (const step of names(run)) {
    if (step === name) return next;
    next = advance(next, begin(), finish(step));
  }
  return next;
}

describe("the journal of a run", () => {
  it("is a valid record at every moment", () => {
    expect(runRecordSchema.parse(aSwitchover())).toEqual(aSwitchover());
    expect(() => runRecordSchema.parse(upTo("taken-over"))).not.toThrow();
  });

  it("completes after its last step, and is closed then", () => {
    const done = upTo("nothing-more");
    expect(done.state).toMatchObject({ kind: "completed" });
    expect(refusal(reduceRun(done, begin()))).toBe("the run is completed");
  });

  it("commits a step's completion and the claim of the next in one event", () => {
    const run = advance(aSwitchover(), begin(), finish("ready", "c1"));
    expect(currentStep(run)).toMatchObject({
      definition: { name: "handed-over" },
      attempt: 1,
      state: { kind: "running", by: "c1" },
    });
  });

  it("counts a successor's claim as a new attempt, and its number only grows", () => {
    const first = advance(aSwitchover(), begin("c1"));
    const second = advance(first, begin("c2"));
    expect(currentStep(second)?.attempt).toBe(2);
    expect(second.claim.number).toBeGreaterThan(first.claim.number);
  });

  it("does not do a step twice: finishing one that is done is refused", () => {
    const run = advance(aSwitchover(), begin(), finish("ready"));
    expect(refusal(reduceRun(run, finish("ready")))).toBe("this step is not the current one");
  });

  it("fails after its attempts are used up, and undoes what can be undone", () => {
    let run = upTo("handed-over");
    for (let attempt = 0; attempt < 3; attempt += 1)
      run = advance(run, begin(`c${attempt}`), fail("handed-over"));
    expect(run.state).toMatchObject({ kind: "undoing", ends: "failed" });
    const over = advance(run, { kind: "finish-undo", step: "handed-over", at });
    expect(over.state).toMatchObject({ kind: "failed" });
  });

  it("counts an onlooker's failure of a step that nobody began as an attempt", () => {
    let run = upTo("following");
    for (let attempt = 0; attempt < 3; attempt += 1) run = advance(run, fail("following"));
    expect(run.state.kind).toBe("failed");
  });

  it("never reopens, whatever happens", () => {
    const event = fc.constantFrom<RunEvent>(
      begin("c1"),
      begin("c2"),
      ...names(aSwitchover()).flatMap((name) => [finish(name), finish(name, "c1"), fail(name)]),
      { kind: "pause", by: "otto" },
      { kind: "resume", by: "otto" },
      { kind: "cancel", by: "otto", at },
      { kind: "make-ungraceful", by: "otto", at },
      { kind: "finish-undo", step: "handed-over", at },
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let run = aSwitchover();
        for (const each of events) {
          const reduced = reduceRun(run, each);
          if (reduced.kind === "refused") continue;
          expect(isOpen(run)).toBe(true);
          expect(reduced.run.claim.number).toBeGreaterThanOrEqual(run.claim.number);
          // Done is for ever; only an undo turns it back, and only while undoing.
          run.steps.forEach((step, index) => {
            const now = reduced.run.steps[index]?.state.kind;
            const allowed = step.state.kind === "done" ? ["done", "undone"] : [now];
            expect(allowed).toContain(now);
            expect(now === "undone" && step.definition.undo === null).toBe(false);
          });
          run = reduced.run;
        }
        runRecordSchema.parse(run);
      }),
    );
  });
});

describe("a person at a run", () => {
  it("pauses and resumes it", () => {
    const paused = advance(aSwitchover(), { kind: "pause", by: "otto" });
    expect(refusal(reduceRun(paused, begin()))).toBe("the run is paused");
    expect(advance(paused, { kind: "resume", by: "otto" }, begin()).state.kind).toBe("running");
  });

  it("skips a step only if it may be skipped, and with a reason", () => {
    const skip = (step: string, reason: string): RunEvent => ({
      kind: "skip",
      step,
      by: "otto",
      reason,
      at,
    });
    expect(refusal(reduceRun(upTo("taken-over"), skip("taken-over", "hurry")))).toBe(
      "this step cannot be skipped",
    );
    expect(refusal(reduceRun(upTo("following"), skip("following", " ")))).toBe(
      "skipping needs a reason",
    );
    expect(
      currentStep(advance(upTo("following"), skip("following", "region is dark")))?.definition.name,
    ).toBe("redis-following");
  });

  it("cancels it before the take-over: what was handed over is taken back", () => {
    const run = advance(upTo("handed-over"), begin(), { kind: "cancel", by: "otto", at });
    expect(run.state).toMatchObject({ kind: "undoing", ends: "cancelled" });
    expect(advance(run, { kind: "finish-undo", step: "handed-over", at }).state.kind).toBe(
      "cancelled",
    );
  });

  it("cannot cancel it after the take-over", () => {
    expect(refusal(reduceRun(upTo("permit-given"), { kind: "cancel", by: "otto", at }))).toContain(
      "can only be completed",
    );
  });

  it("makes a switchover ungraceful: the steps that need the old primary are skipped", () => {
    const run = advance(upTo("handed-over"), begin(), { kind: "make-ungraceful", by: "otto", at });
    expect(currentStep(run)?.definition.name).toBe("taken-over");
    expect(run.isGraceful).toBe(false);
    expect(refusal(reduceRun(run, { kind: "make-ungraceful", by: "otto", at }))).toContain(
      "already",
    );
  });
});

describe("approval", () => {
  const needing = (approvals: ("operator" | "approver")[]): RunRecord => {
    const run = aSwitchover();
    const [first, ...rest] = run.steps;
    if (first === undefined) throw new Error("no steps");
    return {
      ...run,
      steps: [{ ...first, definition: { ...first.definition, approvals } }, ...rest],
    };
  };
  const approve = (role: "operator" | "approver", by: string): RunEvent => ({
    kind: "approve",
    approval: { step: "ready", role, by, shown: { seconds: 3.2, rows: 41, openCalls: 12 }, at },
  });

  it("is needed before the step begins, and before it is recorded as done", () => {
    const run = needing(["approver"]);
    expect(refusal(reduceRun(run, begin()))).toBe("ready waits for approver");
    expect(refusal(reduceRun(run, finish("ready")))).toBe("ready waits for approver");
    expect(advance(run, approve("approver", "ada"), begin()).state.kind).toBe("running");
  });

  it("by two people means two different people", () => {
    const run = advance(needing(["approver", "approver"]), approve("approver", "ada"));
    expect(refusal(reduceRun(run, approve("approver", "ada")))).toContain("same person");
    expect(refusal(reduceRun(run, begin()))).toContain("waits for");
    expect(advance(run, approve("approver", "abel"), begin()).state.kind).toBe("running");
  });

  it("cannot come from the person who ordered the run", () => {
    const run = { ...needing(["approver"]), orderedBy: "ada" };
    expect(refusal(reduceRun(run, approve("approver", "ada")))).toBe(
      "whoever ordered the run cannot approve it",
    );
    const given = approve("approver", "ada");
    const smuggled = given.kind === "approve" ? { ...run, approvals: [given.approval] } : run;
    expect(refusal(reduceRun(smuggled, begin()))).toContain("waits for");
    expect(advance(run, approve("approver", "abel"), begin()).state.kind).toBe("running");
  });
});

describe("an old plan", () => {
  const term = (number: number, run: string | null = null) => ({ term: number, run });
  const store = { id: aView().store.record?.id ?? "" };

  it("is superseded by a later term, by another run's term and by another store", () => {
    const run = aSwitchover();
    expect(whySuperseded(run, store, term(3))).toBeNull();
    expect(whySuperseded(run, store, term(4, run.id))).toBeNull();
    expect(whySuperseded(run, store, term(4, "another"))).toContain("another run");
    expect(whySuperseded(run, store, term(5, run.id))).toContain("term 5");
    expect(whySuperseded(run, { id: "other" }, term(3))).toContain("store");
  });

  it("is refused by whoever receives its writes", () => {
    const stamp = (changes: Partial<Stamp>): Stamp => ({
      storeGeneration: 1,
      storeId: "s",
      term: 3,
      run: "r",
      attempt: 2,
      ...changes,
    });
    const obeyed = stamp({});
    expect(whyRefused(null, obeyed)).toBeNull();
    expect(whyRefused(obeyed, stamp({ term: 2, run: "old" }))).toBe("older-term");
    expect(whyRefused(obeyed, stamp({ attempt: 1 }))).toBe("older-attempt");
    expect(whyRefused(obeyed, stamp({ storeGeneration: 0 }))).toBe("older-store");
    expect(whyRefused(obeyed, stamp({ storeId: "twin" }))).toBe("older-store");
    expect(whyRefused(obeyed, stamp({ storeGeneration: 2, storeId: "new", term: 1 }))).toBeNull();
    expect(whyRefused(obeyed, stamp({ run: "next", attempt: 1 }))).toBeNull();
  });
});

describe("the cooldown", () => {
  it("is started by completed failovers only", () => {
    const failover = takeOverRun(aPrimarySeen(), aView(), {
      id: "f",
      term: 3,
      to: "west",
      withinRpo: false,
    });
    expect(startsCooldown(failover)).toBe(false);
    expect(startsCooldown({ ...failover, state: { kind: "failed", why: "", at } })).toBe(false);
    expect(startsCooldown({ ...failover, state: { kind: "superseded", why: "", at } })).toBe(false);
    expect(startsCooldown({ ...failover, state: { kind: "completed", at } })).toBe(true);
    expect(startsCooldown({ ...aSwitchover(), state: { kind: "completed", at } })).toBe(false);
  });
});

describe("a plan of a protected system", () => {
  const step = stepsOf("failover", "west")[0]?.definition;

  it("is read with defaults for what it leaves out", () => {
    const plan = planSchema.parse({
      name: "booking",
      version: "1",
      system: "booking",
      rtoMs: 60_000,
      rpoMs: 0,
      procedures: { failover: [{ name: "dns-moved", ensure: "dns-moved", site: "west" }] },
    });
    expect(plan.procedures.failover?.[0]).toMatchObject({
      attemptsMax: 3,
      destructive: false,
      approvals: [],
    });
  });

  it("is refused when two steps have one name, or when it says more than is known", () => {
    const parse = (steps: unknown) =>
      planSchema.safeParse({
        name: "n",
        version: "1",
        system: "s",
        rtoMs: 1,
        rpoMs: 0,
        procedures: { failover: steps },
      }).success;
    expect(parse([step, step])).toBe(false);
    expect(parse([{ ...step, hurry: true }])).toBe(false);
    expect(parse([step])).toBe(true);
  });
});
