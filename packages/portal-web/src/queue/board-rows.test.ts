import type { BoardAgent } from "@careline/portal-contract/board/schemas.ts";
import { expect, it } from "vitest";
import { boardRows, countByState } from "./board-rows.ts";

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
const rank = (state: BoardAgent["state"]): number => (state === "offered" ? 0 : 1);
const view = { sort: "state", descending: false, search: "", state: null } as const;

it("sorts by what needs a supervisor first, then by time in state, then by id", () => {
  const agents = [
    anAgent("3"),
    anAgent("2"),
    anAgent("1", { state: "offered", since: "2026-11-22T09:05:00.000Z" }),
    anAgent("4", { since: "2026-11-22T08:00:00.000Z" }),
  ];
  expect(boardRows(agents, view, rank).map((agent) => agent.agentId)).toEqual(["1", "4", "2", "3"]);
});
it("filters by state and by name or team in any case", () => {
  const agents = [anAgent("1", { teamName: "Safety Line" }), anAgent("2", { state: "on_break" })];
  expect(
    boardRows(agents, { ...view, search: "safety" }, rank).map((agent) => agent.agentId),
  ).toEqual(["1"]);
  expect(
    boardRows(agents, { ...view, state: "on_break" }, rank).map((agent) => agent.agentId),
  ).toEqual(["2"]);
});
it("sorts numbered names as people count: 2 before 10", () => {
  const agents = [anAgent("10"), anAgent("2")];
  expect(boardRows(agents, { ...view, sort: "name" }, rank).map((agent) => agent.agentId)).toEqual([
    "2",
    "10",
  ]);
});
it("counts agents by state", () => {
  expect(countByState([anAgent("1"), anAgent("2"), anAgent("3", { state: "on_call" })])).toEqual(
    new Map([
      ["available", 2],
      ["on_call", 1],
    ]),
  );
});
