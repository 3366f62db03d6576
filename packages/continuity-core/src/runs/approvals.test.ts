import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
import { someTime as at } from "../explain/scene.ts";
import { whyNotApproved } from "./approvals.ts";
import type { Approval, StepRecord } from "./run-record.ts";

type Role = Approval["role"];
const ordered = aSwitchover();

/** Whether these people are enough for a step of otto's run that needs these roles. */
function isEnough(required: readonly Role[], given: readonly [string, Role, string?][]): boolean {
  const [first] = ordered.steps;
  if (first === undefined) throw new Error("no steps");
  const step: StepRecord = {
    ...first,
    definition: { ...first.definition, name: "this-step", approvals: [...required] },
  };
  const approvals = given.map(
    ([by, role, name = "this-step"]): Approval => ({ step: name, role, by, shown: null, at }),
  );
  return whyNotApproved({ ...ordered, approvals }, step) === null;
}

describe("a step is approved", () => {
  it("by nobody where nobody is needed", () => {
    expect(isEnough([], [])).toBe(true);
  });

  it("by an approver; an operator does not stand in for one, but an approver for an operator", () => {
    expect(isEnough(["approver"], [["ada", "approver"]])).toBe(true);
    expect(isEnough(["approver"], [["ada", "operator"]])).toBe(false);
    expect(isEnough(["operator"], [["ada", "approver"]])).toBe(true);
    expect(isEnough(["operator"], [["ada", "operator"]])).toBe(true);
    expect(isEnough(["operator"], [])).toBe(false);
  });

  it("by one person for each role, in whatever order they came", () => {
    const both: readonly Role[] = ["operator", "approver"];
    expect(isEnough(both, [["ada", "approver"]])).toBe(false);
    expect(
      isEnough(both, [
        ["ada", "approver"],
        ["ben", "operator"],
      ]),
    ).toBe(true);
    expect(
      isEnough(both, [
        ["ben", "operator"],
        ["ada", "approver"],
      ]),
    ).toBe(true);
    expect(
      isEnough(both, [
        ["ben", "operator"],
        ["cyd", "operator"],
      ]),
    ).toBe(false);
    expect(
      isEnough(
        ["approver", "approver"],
        [
          ["ada", "approver"],
          ["eve", "approver"],
        ],
      ),
    ).toBe(true);
  });

  it("only by what was said of this very step", () => {
    expect(isEnough(["approver"], [["ada", "approver", "another-step"]])).toBe(false);
  });

  it("not by whoever ordered the run as its approver, but as its operator", () => {
    expect(isEnough(["approver"], [["otto", "approver"]])).toBe(false);
    expect(isEnough(["operator"], [["otto", "operator"]])).toBe(true);
  });
});
