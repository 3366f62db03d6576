import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
import { someTime as at } from "../explain/scene.ts";
import { planSchema } from "./plan.ts";
import {
  type Approval,
  type RunRecord,
  type RunState,
  runRecordSchema,
  type StepDefinition,
  type StepState,
} from "./run-record.ts";

const ordered = aSwitchover();
const [first, ...others] = ordered.steps;
if (first === undefined) throw new Error("no steps");
const read = (changes: object) => runRecordSchema.safeParse({ ...ordered, ...changes });
const isRead = (changes: object): boolean => read(changes).success;
/** The run with its first step changed. */
const withStep = (change: object) => ({ steps: [{ ...first, ...change }, ...others] });
const withDefinition = (change: Partial<StepDefinition>) =>
  withStep({ definition: { ...first.definition, ...change } });

describe("a journal is read back as it was written", () => {
  it("in every state of the run", () => {
    const states: readonly RunState[] = [
      { kind: "running" },
      { kind: "paused", by: "otto" },
      { kind: "undoing", why: "cancelled by otto", ends: "cancelled" },
      { kind: "undoing", why: "ready: no", ends: "failed" },
      { kind: "completed", at },
      { kind: "cancelled", why: "cancelled by otto", at },
      { kind: "failed", why: "ready: no", at },
      { kind: "superseded", why: "term 5 began after it", at },
    ];
    for (const state of states) expect(read({ state }).data?.state).toEqual(state);
  });

  it("in every state of a step", () => {
    const states: readonly StepState[] = [
      { kind: "pending" },
      { kind: "running", by: "c1", since: at },
      { kind: "done", evidence: ["seen"], tookMs: 5 },
      { kind: "skipped", by: "otto", reason: "known" },
      { kind: "failed", why: "no" },
      { kind: "undone" },
    ];
    for (const state of states)
      expect(read(withStep({ state })).data?.steps[0]?.state).toEqual(state);
  });

  it("with who approved what, and the loss that they were shown", () => {
    const shown = { seconds: 3.2, rows: 41, openCalls: 12 };
    const approvals: readonly Approval[] = [
      { step: "taken-over", role: "approver", by: "ada", shown, at },
      { step: "taken-over", role: "operator", by: "ben", shown: null, at },
    ];
    const unknown = { seconds: null, rows: null, openCalls: null };
    const seen = read({ approvals, shown: unknown }).data;
    expect([seen?.approvals, seen?.shown]).toEqual([approvals, unknown]);
  });

  it("of a plan, by name and version", () => {
    const plan = { name: "booking", version: "1" };
    expect(read({ kind: "plan", plan }).data).toMatchObject({ kind: "plan", plan });
  });
});

describe("a journal is refused", () => {
  it("without a step, and beyond 40 steps or 40 approvals", () => {
    const steps = (length: number) => ({ steps: Array.from({ length }, () => first) });
    expect([isRead(steps(0)), isRead(steps(1)), isRead(steps(40)), isRead(steps(41))]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const approval: Approval = { step: "s", role: "approver", by: "ada", shown: null, at };
    const approvals = (length: number) => ({ approvals: Array.from({ length }, () => approval) });
    expect([isRead(approvals(40)), isRead(approvals(41))]).toEqual([true, false]);
    expect(isRead({ approvals: [{ ...approval, by: "" }] })).toBe(false);
    expect(isRead({ approvals: [{ ...approval, by: "a" }] })).toBe(true);
  });

  it("without a name of its own, and with a step that may be attempted never or without end", () => {
    expect([isRead({ id: "" }), isRead({ id: "r" })]).toEqual([false, true]);
    const attempts = (attemptsMax: number) => isRead(withDefinition({ attemptsMax }));
    expect([0, 1, 20, 21].map(attempts)).toEqual([false, true, true, false]);
  });

  it("with a step that waits for more than two people", () => {
    const needs = (count: number) =>
      isRead(
        withDefinition({ approvals: Array.from({ length: count }, () => "approver" as const) }),
      );
    expect([needs(2), needs(3)]).toEqual([true, false]);
  });
});

describe("a plan", () => {
  const step = (name: string) => ({ name, ensure: "dns-moved", site: "west" });
  const plan = (changes: object = {}, steps: readonly object[] = [step("dns-moved")]) =>
    planSchema.safeParse({
      ...{ name: "booking", version: "1", system: "booking", rtoMs: 60_000, rpoMs: 0 },
      procedures: { failover: steps },
      ...changes,
    });

  it("goes on unprotected unless it says otherwise; its steps destroy nothing and skip nothing", () => {
    expect(plan().data?.acceptUnprotected).toBe(true);
    expect(plan({ acceptUnprotected: false }).data?.acceptUnprotected).toBe(false);
    expect(plan().data?.procedures.failover?.[0]).toEqual({
      ...step("dns-moved"),
      budgetMs: 30_000,
      attemptsMax: 3,
      undo: null,
      approvals: [],
      gracefulOnly: false,
      destructive: false,
      skippable: false,
    });
  });

  it("has a name, a version, and from one to 40 steps in each procedure", () => {
    expect([plan({ name: "" }).success, plan({ version: "" }).success]).toEqual([false, false]);
    expect(plan({ name: "b", version: "1" }).success).toBe(true);
    const steps = (length: number) =>
      plan(
        {},
        Array.from({ length }, (_, index) => step(`step-${index}`)),
      ).success;
    expect([0, 1, 40, 41].map(steps)).toEqual([false, true, true, false]);
  });
});

/** What is read is what is typed: nothing of a record is lost on its way. */
it("is a whole record", () => {
  expect(runRecordSchema.parse(ordered) satisfies RunRecord).toEqual(ordered);
});
