import { applyBoardDelta } from "@careline/portal-contract/board/apply-delta.ts";
import type {
  BoardAgent,
  BoardDelta,
  BoardQueue,
  BoardSnapshot,
} from "@careline/portal-contract/board/schemas.ts";
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { send } from "../api/index.ts";

export type { BoardAgent, BoardQueue, BoardSnapshot };

/** Agents and queues as they are now; deltas of the event stream keep it fresh. */
export const boardQuery = queryOptions({
  queryKey: ["board"],
  queryFn: async ({ signal }): Promise<BoardSnapshot> =>
    (await send("readBoard", { background: true }, signal)).data,
  // 500 agents change all the time: a structural comparison of the whole board per delta would cost more than it saves.
  structuralSharing: false,
});

/** Applies a delta to the board on the screen; after a gap the whole board is read again. Without a board on the screen nothing is done. */
export function receiveBoardDelta(queryClient: QueryClient, delta: BoardDelta): void {
  const board = queryClient.getQueryData(boardQuery.queryKey);
  if (board === undefined) return;
  const applied = applyBoardDelta(board, delta);
  if (applied.kind === "applied") queryClient.setQueryData(boardQuery.queryKey, applied.board);
  if (applied.kind === "gap")
    queryClient.invalidateQueries({ queryKey: boardQuery.queryKey }).catch(() => {});
}
