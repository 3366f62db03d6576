import type { BoardSnapshot } from "@careline/portal-contract/board/schemas.ts";
import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { boardQuery, receiveBoardDelta } from "./board.ts";

const board: BoardSnapshot = {
  stream: "s",
  sequence: 4,
  at: "2026-11-22T09:00:00.000Z",
  agents: [],
  queues: [],
};
const nothing = { agents: [], removedAgentIds: [], queues: [] };

it("applies a delta that follows and reads the board again after a gap", () => {
  const client = new QueryClient();
  client.setQueryData(boardQuery.queryKey, board);
  receiveBoardDelta(client, { ...nothing, stream: "s", sequence: 5 });
  expect(client.getQueryData(boardQuery.queryKey)?.sequence).toBe(5);
  expect(client.getQueryState(boardQuery.queryKey)?.isInvalidated).toBe(false);
  receiveBoardDelta(client, { ...nothing, stream: "s", sequence: 9 });
  expect(client.getQueryState(boardQuery.queryKey)?.isInvalidated).toBe(true);
});
