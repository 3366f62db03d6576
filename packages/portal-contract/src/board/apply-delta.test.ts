import { describe, expect, it } from "vitest";
import { applyBoardDelta } from "./apply-delta.ts";
import type { BoardAgent, BoardSnapshot } from "./schemas.ts";

const anAgent = (agentId: string, over: Partial<BoardAgent> = {}): BoardAgent => ({
  agentId,
  displayName: `Demo Agent ${agentId}`,
  teamId: null,
  teamName: null,
  state: "available",
  reason: null,
  since: "2026-11-22T09:00:00.000Z",
  callId: null,
  queueId: null,
  version: 1,
  ...over,
});
const board: BoardSnapshot = {
  stream: "s1",
  sequence: 4,
  at: "2026-11-22T09:00:00.000Z",
  agents: [anAgent("a"), anAgent("b")],
  queues: [],
};
const nothing = { agents: [], removedAgentIds: [], queues: [] };

describe("board deltas", () => {
  it("replaces and removes agents when the sequence follows", () => {
    const applied = applyBoardDelta(board, {
      ...nothing,
      stream: "s1",
      sequence: 5,
      agents: [anAgent("b", { state: "on_call", version: 2 })],
      removedAgentIds: ["a"],
    });
    expect(applied).toMatchObject({ kind: "applied", board: { sequence: 5 } });
    if (applied.kind !== "applied") return;
    expect(applied.board.agents.map((agent) => [agent.agentId, agent.state])).toEqual([
      ["b", "on_call"],
    ]);
  });
  it("asks for a new snapshot after a gap or from another stream", () => {
    expect(applyBoardDelta(board, { ...nothing, stream: "s1", sequence: 6 }).kind).toBe("gap");
    expect(applyBoardDelta(board, { ...nothing, stream: "s2", sequence: 5 }).kind).toBe("gap");
  });
  it("ignores a delta that the snapshot already contains", () => {
    expect(applyBoardDelta(board, { ...nothing, stream: "s1", sequence: 4 }).kind).toBe("old");
  });
});
