import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
import { someTime as at } from "../explain/scene.ts";
import { isPastUndo, type Reduced, type RunEvent, reduceRun } from "./reducer.ts";
import {
  currentStep,
  type RunRecord,
  type RunState,
  type StepState,
  stepToUndo,
} from "./run-record.ts";

const ordered = aSwitchover();
const done: StepState = { kind: "done", evidence: [], tookMs: 1 };
const running: StepState = { kind: "running", by: "c1", since: at };

/** The switchover with these states of its first steps, in this state as a whole. */
function run(states: readonly StepState[], state: RunState = { kind: "running" }): RunRecord {
  const steps = ordered.steps.map((step, index) => {
    const given = states[index];
    return given === undefined
      ? step
      : { ...step, state: given, attempt: given === running ? 1 : 0 };
  });
  return { ...ordered, steps, state };
}

const changed = (reduced: Reduced): RunRecord => {
  if (reduced.kind === "refused") throw new Error(reduced.why);
  return reduced.run;
};
const why = (reduced: Reduced): string => (reduced.kind === "refused" ? reduced.why : "");
const begin = (controller: string): RunEvent => ({ kind: "begin-step", controller, at });
const finish = (step: string): RunEvent => ({
  kind: "finish-step",
  step,
  evidence: ["seen"],
  tookMs: 5,
  finalLsn: null,
  claimNext: null,
  at,
});
const fail = (step: string, isFinal = false): RunEvent => ({
  kind: "fail-step",
  step,
  why: "no",
  isFinal,
  at,
});
const undoing: RunState = { kind: "undoing", why: "cancelled by otto", ends: "cancelled" };

describe("a step", () => {
  it("is begun as often as it may be attempted, by whomever, and not once more", () => {
    let begun = run([]);
    for (const controller of ["c1", "c2", "c3"])
      begun = changed(reduceRun(begun, begin(controller)));
    expect(currentStep(begun)?.attempt).toBe(3);
    expect(why(reduceRun(begun, begin("c4")))).toBe("no attempt is left");
  });

  it("that somebody has begun is not begun again by the same", () => {
    expect(why(reduceRun(run([running]), begin("c1")))).toBe("already begun");
  });

  it("claims the run with a number that grows with every attempt", () => {
    const begun = changed(reduceRun(run([]), begin("c1")));
    expect(begun.claim).toEqual({ controller: "c1", number: ordered.claim.number + 1 });
  });

  it("keeps what it found, and the end of the log that an earlier one found", () => {
    const known = { ...run([done, running]), finalLsn: "0/7000" };
    const over = changed(reduceRun(known, finish("handed-over")));
    expect(over.finalLsn).toBe("0/7000");
    expect(over.steps[1]?.state).toEqual({ kind: "done", evidence: ["seen"], tookMs: 5 });
    const event: RunEvent = { ...finish("handed-over"), finalLsn: "0/9000" } as RunEvent;
    expect(changed(reduceRun(known, event)).finalLsn).toBe("0/9000");
  });

  it("that failed is tried again, unless trying again would act on a reason that is over", () => {
    expect(changed(reduceRun(run([running]), fail("ready")))).toMatchObject({
      state: { kind: "running" },
    });
    expect(changed(reduceRun(run([running]), fail("ready", true)))).toMatchObject({
      state: { kind: "failed", why: "ready: no", at },
    });
  });

  it("of another name is refused", () => {
    expect(why(reduceRun(run([done, running]), fail("ready")))).toContain("not the current one");
    expect(why(reduceRun(run([done, running]), finish("ready")))).toContain("not the current one");
  });
});

describe("a step that fails", () => {
  it("keeps why it failed, and its attempt if somebody had begun it", () => {
    const failed = changed(reduceRun(run([running]), fail("ready"))).steps[0];
    expect(failed).toMatchObject({ attempt: 1, state: { kind: "failed", why: "no" } });
  });

  it("before anybody began it costs an attempt, so that a silent site keeps no run open", () => {
    let state = run([]);
    for (const attempt of [1, 2]) {
      state = changed(reduceRun(state, fail("ready")));
      expect(state.steps[0]?.attempt).toBe(attempt);
    }
    expect(changed(reduceRun(state, fail("ready"))).state).toMatchObject({ kind: "failed" });
  });

  it("says why in what the run is undone for", () => {
    const undone = changed(reduceRun(run([done, running]), fail("handed-over", true)));
    expect(undone.state).toEqual({ kind: "undoing", why: "handed-over: no", ends: "failed" });
  });
});

describe("finishing a step", () => {
  const finishFor = (name: string): RunEvent => ({ ...finish(name), claimNext: "c1" }) as RunEvent;

  it("begins the next one for the same controller, but in no run that is paused", () => {
    const next = (state: RunState) =>
      changed(reduceRun(run([running], state), finishFor("ready"))).steps[1]?.state.kind;
    expect(next({ kind: "running" })).toBe("running");
    expect(next({ kind: "paused", by: "otto" })).toBe("pending");
  });

  it("leaves the next one to people where it waits for them", () => {
    const { steps, ...rest } = run([running]);
    const needing = steps.map((step, index) => ({
      ...step,
      definition: { ...step.definition, approvals: index === 1 ? ["approver" as const] : [] },
    }));
    const after = changed(reduceRun({ ...rest, steps: needing }, finishFor("ready")));
    expect(after.steps.slice(0, 2).map(({ state }) => state.kind)).toEqual(["done", "pending"]);
  });

  it("completes the run after the last one, at that time", () => {
    const last = run([...Array.from({ length: 8 }, () => done), running]);
    expect(changed(reduceRun(last, finish("standby-streams"))).state).toEqual({
      kind: "completed",
      at,
    });
  });
});

it("is superseded for a reason, at a time, in whatever state it was", () => {
  const event: RunEvent = { kind: "supersede", why: "term 5 began after it", at };
  for (const state of [{ kind: "running" }, { kind: "paused", by: "otto" }, undoing] as const)
    expect(changed(reduceRun(run([done, running], state), event)).state).toEqual({
      kind: "superseded",
      why: "term 5 began after it",
      at,
    });
});

describe("a run that is undone", () => {
  it("finishes no step any more", () => {
    expect(why(reduceRun(run([done, running], undoing), finish("handed-over")))).toBe(
      "the run is being undone",
    );
  });

  it("undoes what took effect, last first, and ends when nothing is left", () => {
    const [first, second, ...rest] = run([done, done]).steps;
    if (first === undefined || second === undefined) throw new Error("no steps");
    const both = {
      ...run([], undoing),
      steps: [
        { ...first, definition: { ...first.definition, undo: "taken-back" } },
        second,
        ...rest,
      ],
    };
    expect(stepToUndo(both)?.definition.name).toBe("handed-over");
    expect(why(reduceRun(both, { kind: "finish-undo", step: "ready", at }))).toContain(
      "not the next",
    );
    const half = changed(reduceRun(both, { kind: "finish-undo", step: "handed-over", at }));
    expect(half.state).toEqual(undoing);
    expect(stepToUndo(half)?.definition.name).toBe("ready");
    const over = changed(reduceRun(half, { kind: "finish-undo", step: "ready", at }));
    expect(over.state).toEqual({ kind: "cancelled", why: "cancelled by otto", at });
  });

  it("undoes a step that was only begun, or that failed, and none that never was", () => {
    const undoes = (state: StepState) => stepToUndo(run([done, state]))?.definition.name ?? null;
    expect(undoes(running)).toBe("handed-over");
    expect(undoes({ kind: "failed", why: "no" })).toBe("handed-over");
    for (const state of [
      { kind: "pending" },
      { kind: "undone" },
      { kind: "skipped", by: "otto", reason: "no" },
    ] as const)
      expect(undoes(state)).toBeNull();
  });

  it("gives up after twice the attempts, and says what could not be undone", () => {
    let state = run([done, running], undoing);
    const max = (state.steps[1]?.definition.attemptsMax ?? 0) * 2;
    for (let attempt = 1; attempt < max; attempt += 1) {
      expect(state.state.kind).toBe("undoing");
      state = changed(reduceRun(state, fail("handed-over")));
    }
    expect(state.steps[1]?.attempt).toBe(max);
    state = changed(reduceRun(state, fail("handed-over")));
    expect(state.state).toEqual({ kind: "failed", why: "could not be undone: no", at });
  });

  it("is begun once more by a successor without an approval, under a new claim", () => {
    const begun = changed(reduceRun(run([done, running], undoing), begin("c2")));
    expect(begun.claim).toEqual({ controller: "c2", number: ordered.claim.number + 1 });
    expect(begun.steps[1]).toMatchObject({ attempt: 2, state: { kind: "running", by: "c1" } });
  });

  it("undoes its very last step as well, and may be begun again when its attempts are used up", () => {
    const steps = run(Array.from({ length: 9 }, () => done)).steps.map((step, index) =>
      index === 8 ? { ...step, definition: { ...step.definition, undo: "taken-back" } } : step,
    );
    const last = { ...run([], undoing), steps };
    expect(stepToUndo(last)?.definition.name).toBe("standby-streams");
    const spent = steps.map((step) => ({ ...step, attempt: step.definition.attemptsMax }));
    const begun = changed(reduceRun({ ...last, steps: spent }, begin("c2")));
    expect(begun.steps[8]?.attempt).toBe((spent[8]?.attempt ?? 0) + 1);
  });

  it("is the only one in which a step becomes undone", () => {
    const event: RunEvent = { kind: "finish-undo", step: "handed-over", at };
    expect(why(reduceRun(run([done, done]), event))).toBe("the run is not being undone");
  });

  it("counts a failure against the step that is undone, not against the next one", () => {
    const cancelled = run([done, done], undoing);
    const failed = changed(reduceRun(cancelled, fail("handed-over")));
    expect(failed.steps.slice(0, 3).map(({ attempt }) => attempt)).toEqual([0, 1, 0]);
    expect(why(reduceRun(cancelled, fail("taken-over")))).toContain("not the current one");
  });

  it("cannot be cancelled again", () => {
    const cancel: RunEvent = { kind: "cancel", by: "otto", at };
    expect(why(reduceRun(run([done, running], undoing), cancel))).toContain("already");
  });
});

describe("a run past its point of no return", () => {
  it("is one whose destructive step is done, not one in which it was only begun", () => {
    expect(isPastUndo(run([done, done, done]))).toBe(true);
    expect(isPastUndo(run([done, done, running]))).toBe(false);
    expect(isPastUndo(run([done, done]))).toBe(false);
  });

  it("is none whose destructive step can itself be undone", () => {
    const [first, ...rest] = run([done]).steps;
    if (first === undefined) throw new Error("no steps");
    const reversible = { ...first.definition, destructive: true, undo: "taken-back" };
    expect(isPastUndo({ ...ordered, steps: [{ ...first, definition: reversible }, ...rest] })).toBe(
      false,
    );
  });

  it("fails without undoing anything", () => {
    const late = run([done, done, done, running]);
    expect(changed(reduceRun(late, fail("redis-primary", true))).state.kind).toBe("failed");
    const early = run([done, done, running]);
    expect(changed(reduceRun(early, fail("taken-over", true))).state).toMatchObject({
      kind: "undoing",
      ends: "failed",
    });
  });
});

describe("people", () => {
  it("pause what runs, resume what is paused, and nothing else", () => {
    const pause: RunEvent = { kind: "pause", by: "otto" };
    const resume: RunEvent = { kind: "resume", by: "otto" };
    expect(changed(reduceRun(run([]), pause)).state).toEqual({ kind: "paused", by: "otto" });
    expect(why(reduceRun(run([], undoing), pause))).toBe("the run is undoing");
    expect(why(reduceRun(run([]), resume))).toBe("the run is not paused");
    expect(why(reduceRun(run([], { kind: "paused", by: "otto" }), begin("c1")))).toBe(
      "the run is paused",
    );
  });

  it("cancel a run of which nothing is to be undone at once", () => {
    const cancelled = changed(reduceRun(run([running]), { kind: "cancel", by: "otto", at }));
    expect(cancelled.state).toEqual({ kind: "cancelled", why: "cancelled by otto", at });
  });

  it("make a move ungraceful: what needs the other region is skipped, what is done stays done", () => {
    const reduced = reduceRun(run([done, running], undoing), {
      kind: "make-ungraceful",
      by: "otto",
      at,
    });
    const ungraceful = changed(reduced);
    expect(ungraceful).toMatchObject({ isGraceful: false, state: { kind: "running" } });
    expect(ungraceful.steps.map(({ state }) => state.kind)).toEqual([
      "done",
      "skipped",
      ...Array.from({ length: 7 }, () => "pending"),
    ]);
  });

  it("skip only the step that is next, and are named with their reason", () => {
    const skip = (step: string): RunEvent => ({
      kind: "skip",
      step,
      by: "otto",
      reason: "Redis is not used",
      at,
    });
    const waiting = run([done, done, done]);
    const after = changed(reduceRun(waiting, skip("redis-primary")));
    expect(after.steps[3]?.state).toEqual({
      kind: "skipped",
      by: "otto",
      reason: "Redis is not used",
    });
    expect(why(reduceRun(waiting, skip("following")))).toContain("not the current one");
  });

  it("make a failback ungraceful as well, and name nobody else for what was skipped before", () => {
    const skipped: StepState = { kind: "skipped", by: "ada", reason: "known" };
    const event: RunEvent = { kind: "make-ungraceful", by: "otto", at };
    const failback = { ...run([skipped, running]), kind: "failback" as const };
    const after = changed(reduceRun(failback, event));
    expect(after.steps.slice(0, 2).map(({ state }) => state)).toEqual([
      skipped,
      { kind: "skipped", by: "otto", reason: "the run became ungraceful" },
    ]);
  });

  it("cannot take grace from what has none", () => {
    const event: RunEvent = { kind: "make-ungraceful", by: "otto", at };
    for (const kind of ["failover", "rejoin", "plan"] as const)
      expect(why(reduceRun({ ...run([]), kind }, event))).toContain("has no grace");
    expect(why(reduceRun({ ...run([]), isGraceful: false }, event))).toContain("already");
  });
});

it("takes an approval only for a step that there is and that needs one of that role", () => {
  const approve = (step: string): RunEvent => ({
    kind: "approve",
    approval: { step, role: "approver", by: "ada", shown: null, at },
  });
  expect(why(reduceRun(run([]), approve("nowhere")))).toBe("there is no such step");
  expect(why(reduceRun(run([]), approve("ready")))).toContain("needs no approval");
});

it("takes one approval from each person for each step, and an operator's also from who ordered it", () => {
  const { steps, ...rest } = run([]);
  const needing = steps.map((step) => ({
    ...step,
    definition: { ...step.definition, approvals: ["operator" as const, "approver" as const] },
  }));
  const approve = (step: string, by: string, role: "operator" | "approver"): RunEvent => ({
    kind: "approve",
    approval: { step, role, by, shown: null, at },
  });
  const first = changed(
    reduceRun({ ...rest, steps: needing }, approve("ready", "otto", "operator")),
  );
  expect(why(reduceRun(first, approve("ready", "otto", "operator")))).toContain("already");
  expect(why(reduceRun(first, approve("ready", "otto", "approver")))).toContain("cannot approve");
  const second = changed(reduceRun(first, approve("handed-over", "otto", "operator")));
  expect(second.approvals.map(({ step }) => step)).toEqual(["ready", "handed-over"]);
});
