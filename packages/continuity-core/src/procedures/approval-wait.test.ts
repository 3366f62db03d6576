import { describe, expect, it } from "vitest";
import { aPrimarySeen, aStandbySeen, aView, someTime } from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import { type RunRecord, reduceRun } from "../runs/index.ts";
import { orderedRun } from "./begin-run.ts";
import { type Move, nextMove } from "./move.ts";

const shown = { seconds: 3.2, rows: 41, openCalls: 12 };
const aForcedFailover = (): RunRecord =>
  orderedRun(aStandbySeen(), aView(), {
    kind: "failover",
    to: "west",
    by: "otto",
    reason: "east burns",
    force: true,
    acceptGeoLoss: false,
    ignored: [],
    approvals: ["approver", "approver"],
    shown,
  });
const move = (run: RunRecord, o: Observation, stepForMs: number): Move =>
  nextMove({ run, revision: 5, stepForMs }, o);
const approvedBy = (run: RunRecord, by: string): RunRecord => {
  const approval = { step: "taken-over", role: "approver", by, shown, at: someTime } as const;
  const reduced = reduceRun(run, { kind: "approve", approval });
  if (reduced.kind === "refused") throw new Error(reduced.why);
  return reduced.run;
};
const minutes = (count: number): number => count * 60_000;

describe("a forced failover that waits for two approvers", () => {
  it("keeps what was shown to whoever ordered it", () => {
    expect(aForcedFailover().shown).toEqual(shown);
  });

  it("costs no attempt while it waits, neither for its own site nor for who looks on", () => {
    for (const o of [aStandbySeen(), aPrimarySeen()]) {
      expect(move(aForcedFailover(), o, minutes(29)).kind).toBe("nothing");
      expect(move(approvedBy(aForcedFailover(), "ada"), o, minutes(29)).kind).toBe("nothing");
    }
  });

  it("ends for good when nobody approved it within half an hour", () => {
    const late = move(aForcedFailover(), aStandbySeen(), minutes(30) + 1);
    expect(late).toMatchObject({ kind: "journal", event: { kind: "fail-step", isFinal: true } });
  });

  it("begins when two people other than whoever ordered it agreed", () => {
    const approved = approvedBy(approvedBy(aForcedFailover(), "ada"), "abel");
    expect(move(approved, aStandbySeen(), minutes(5))).toMatchObject({
      kind: "journal",
      event: { kind: "begin-step" },
    });
    expect(() => approvedBy(aForcedFailover(), "otto")).toThrow(/cannot approve/);
  });
});
