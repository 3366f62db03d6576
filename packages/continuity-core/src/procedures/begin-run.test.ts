import { describe, expect, it } from "vitest";
import { switchoverOrder } from "../explain/run-scene.ts";
import { aPrimarySeen, aStandbySeen, aView, someTime } from "../explain/scene.ts";
import { runRecordSchema } from "../runs/index.ts";
import { beginRejoin, orderedRun, takeOverRun } from "./begin-run.ts";

const view = { ...aView(), store: { record: { id: "life-2", generation: 2 }, revision: 9 } };
/** What every journal begins with. */
const blank = {
  id: "fresh-1",
  plan: null,
  storeId: "life-2",
  storeGeneration: 2,
  orderedBy: null,
  force: false,
  acceptGeoLoss: false,
  withinRpo: false,
  ignored: [],
  isGraceful: false,
  state: { kind: "running" },
  approvals: [],
  finalLsn: null,
  stuckDataId: null,
  createdAt: someTime,
};

describe("the journal of a run that the controllers begin", () => {
  it("for a take-over ends in the next term, allows no loss but what was decided, and claims no step", () => {
    const about = { id: "f", term: 3, to: "west", withinRpo: false } as const;
    const { steps, ...run } = takeOverRun(aStandbySeen(), view, about);
    expect(run).toEqual({
      ...blank,
      id: "f",
      kind: "failover",
      term: 3,
      endsInTerm: 4,
      from: "east",
      to: "west",
      reason: "the primary is dead or isolated, by quorum",
      claim: { controller: "controller-west-1", number: 0 },
    });
    expect(steps.every(({ attempt, state }) => attempt === 0 && state.kind === "pending")).toBe(
      true,
    );
    const lossy = takeOverRun(aStandbySeen(), view, { ...about, withinRpo: true });
    expect(lossy.withinRpo).toBe(true);
  });

  it("for a return ends in the term that there is, and names the data that is stuck, if any", () => {
    const { steps: _, ...run } = beginRejoin(aStandbySeen(), view, "east", null);
    const returning = {
      ...blank,
      kind: "rejoin",
      term: 3,
      endsInTerm: 3,
      from: "west",
      to: "east",
      reason: "this region returns",
      claim: { controller: "controller-west-1", number: 0 },
    };
    expect(run).toEqual(returning);
    expect(beginRejoin(aStandbySeen(), view, "east", "data-west")).toMatchObject({
      ...returning,
      stuckDataId: "data-west",
      reason: "the standby does not stream any more",
    });
  });
});

describe("the journal of a run that a person orders", () => {
  const ordered = (changes: Partial<typeof switchoverOrder> = {}) =>
    orderedRun(aPrimarySeen(), view, { ...switchoverOrder, ...changes });
  const needs = (run: ReturnType<typeof ordered>): Record<string, readonly string[]> =>
    Object.fromEntries(
      run.steps
        .filter(({ definition }) => definition.approvals.length > 0)
        .map(({ definition }) => [definition.name, definition.approvals]),
    );

  it("says who ordered it and why, and allows what was allowed, nothing else", () => {
    const { steps: _, ...run } = ordered();
    expect(run).toEqual({
      ...blank,
      kind: "switchover",
      term: 3,
      endsInTerm: 4,
      from: "east",
      to: "west",
      orderedBy: "otto",
      reason: "maintenance",
      isGraceful: true,
      shown: null,
      claim: { controller: "controller-east-1", number: 0 },
    });
    const shown = { seconds: 3.2, rows: 41, openCalls: 12 };
    const forced = { kind: "failover", force: true, acceptGeoLoss: true, shown } as const;
    expect(ordered({ ...forced, ignored: ["lag", "disk"] })).toMatchObject({
      force: true,
      acceptGeoLoss: true,
      ignored: ["lag", "disk"],
      isGraceful: false,
      shown,
    });
    expect(ordered({ kind: "failback" }).isGraceful).toBe(true);
  });

  it("needs nobody else, or whom the order names, and only for the take-over", () => {
    expect(needs(ordered())).toEqual({});
    expect(needs(ordered({ approvals: ["operator"] }))).toEqual({ "taken-over": ["operator"] });
  });

  it("needs two approvers when writes called geo may be lost, whatever else the order names", () => {
    const lossy = { kind: "failover", force: true, acceptGeoLoss: true } as const;
    const both = { "taken-over": ["approver", "approver"] };
    expect(needs(ordered(lossy))).toEqual(both);
    expect(needs(ordered({ ...lossy, approvals: ["operator"] }))).toEqual(both);
  });

  it("is one that the store accepts", () => {
    const seen = orderedRun(aPrimarySeen(), aView(), switchoverOrder);
    expect(runRecordSchema.safeParse(seen).success).toBe(true);
  });
});
