import type { BoardDelta, BoardSnapshot } from "./schemas.ts";

export type AppliedDelta =
  | { readonly kind: "applied"; readonly board: BoardSnapshot }
  | { readonly kind: "old" }
  | { readonly kind: "gap" };

/** Applies one delta to a snapshot. `gap`: fetch the snapshot again. `old`: already contained, ignore it. */
export function applyBoardDelta(board: BoardSnapshot, delta: BoardDelta): AppliedDelta {
  if (delta.stream !== board.stream) return { kind: "gap" };
  if (delta.sequence <= board.sequence) return { kind: "old" };
  if (delta.sequence !== board.sequence + 1) return { kind: "gap" };
  const removed = new Set(delta.removedAgentIds);
  const agents = new Map(
    board.agents
      .filter((agent) => !removed.has(agent.agentId))
      .map((agent) => [agent.agentId, agent]),
  );
  for (const agent of delta.agents) agents.set(agent.agentId, agent);
  const queues = new Map(board.queues.map((queue) => [queue.queueId, queue]));
  for (const queue of delta.queues) queues.set(queue.queueId, queue);
  return {
    kind: "applied",
    board: {
      ...board,
      sequence: delta.sequence,
      agents: [...agents.values()],
      queues: [...queues.values()],
    },
  };
}
