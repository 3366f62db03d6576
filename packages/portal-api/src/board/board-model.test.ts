import { applyBoardDelta } from "@careline/portal-contract/board/apply-delta.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BoardModel,
  type BoardScope,
  changesBetween,
  deltaOf,
  type ModelAgent,
  viewOf,
} from "./board-model.ts";

const anAgent = (agentId: string, over: Partial<ModelAgent> = {}): ModelAgent => ({
  agentId,
  displayName: `Demo ${agentId}`,
  teamId: "t1",
  teamName: "Demo team 1",
  state: "available",
  reason: null,
  since: "2026-11-22T09:00:00.000Z",
  callId: null,
  queueId: null,
  version: 1,
  programmeIds: ["p1"],
  ...over,
});
const board = (...agents: ModelAgent[]): BoardModel => ({
  agents: new Map(agents.map((agent) => [agent.agentId, agent])),
  queues: new Map(),
});
const told = (before: BoardModel, after: BoardModel, scope: BoardScope) =>
  deltaOf(changesBetween(before, after), scope);
const team1 = { teamId: "t1", programmeIds: ["p1"] };

describe("who sees whom on the board", () => {
  const model = board(
    anAgent("a"),
    anAgent("b", { teamId: "t2" }),
    anAgent("c", { programmeIds: ["p2"], teamId: "t3" }),
  );
  const names = (scope: Parameters<typeof viewOf>[1]): string[] =>
    viewOf(model, scope).agents.map((agent) => agent.agentId);
  it("shows a supervisor their team only", () => {
    expect(names(team1)).toEqual(["a"]);
  });
  it("shows a manager whoever works for their programmes, and an administrator everybody", () => {
    expect(names({ teamId: null, programmeIds: ["p1"] })).toEqual(["a", "b"]);
    expect(names({ teamId: null, programmeIds: null })).toEqual(["a", "b", "c"]);
  });
  it("does not tell a supervisor what changes in another team", () => {
    const after = board(anAgent("a"), anAgent("b", { teamId: "t2", state: "on_call", version: 2 }));
    expect(told(board(anAgent("a"), anAgent("b", { teamId: "t2" })), after, team1)).toBeNull();
  });
  it("takes an agent who moved to another team off the board", () => {
    const after = board(anAgent("a", { teamId: "t2" }));
    expect(told(board(anAgent("a")), after, team1)?.removedAgentIds).toEqual(["a"]);
  });
});

describe("deltas", () => {
  it("lead from any board to any other, as each viewer sees them", () => {
    const agent = fc.record({
      agentId: fc.constantFrom("a", "b", "c", "d"),
      teamId: fc.constantFrom("t1", "t2"),
      state: fc.constantFrom("available" as const, "on_call" as const),
    });
    // The database gives every change of state a new version.
    const versions = { available: 1, on_call: 2 };
    const anyBoard = fc
      .array(agent)
      .map((list) =>
        board(...list.map((one) => anAgent(one.agentId, { ...one, version: versions[one.state] }))),
      );
    fc.assert(
      fc.property(anyBoard, anyBoard, (before, after) => {
        const start = { stream: "s", sequence: 0, at: "", ...viewOf(before, team1) };
        const delta = told(before, after, team1) ?? {
          agents: [],
          removedAgentIds: [],
          queues: [],
        };
        const applied = applyBoardDelta(start, { stream: "s", sequence: 1, ...delta });
        const sort = (list: { agentId: string }[]) =>
          [...list].sort((x, y) => x.agentId.localeCompare(y.agentId));
        expect(applied.kind === "applied" && sort(applied.board.agents)).toEqual(
          sort(viewOf(after, team1).agents),
        );
      }),
    );
  });
});
