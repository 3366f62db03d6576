import type { Redis } from "../redis/index.ts";
import { type BoardModel, changesBetween, emptyBoard } from "./board-model.ts";

const key = {
  agents: "careline:live:agents",
  queues: "careline:live:queues",
  term: "careline:live:term",
} as const;

/**
 * Keeps the live state in Redis: agents and queues, each a hash by id (HCC-RED-06..09). PostgreSQL is the truth; a
 * region that begins a term writes all of it anew, so nothing of an old term or a lost Redis stays. False: Redis was away.
 */
export async function mirrorLiveState(
  redis: Redis,
  before: BoardModel,
  after: BoardModel,
  term: number,
): Promise<boolean> {
  const known = await redis.get(key.term);
  const isFresh = known === String(term);
  if (!isFresh && !(await redis.delete(key.agents, key.queues))) return false;
  const changes = changesBetween(isFresh ? before : emptyBoard, after);
  const present = changes.agents.flatMap(({ after: agent }) =>
    agent === undefined ? [] : [agent],
  );
  const gone = changes.agents.flatMap(({ before: agent, after: now }) =>
    agent === undefined || now !== undefined ? [] : [agent.agentId],
  );
  const commands = [
    ["HSET", key.agents, ...present.flatMap((agent) => [agent.agentId, JSON.stringify(agent)])],
    [
      "HSET",
      key.queues,
      ...changes.queues.flatMap((queue) => [queue.queueId, JSON.stringify(queue)]),
    ],
    ["HDEL", key.agents, ...gone],
    ...(isFresh ? [] : [["SET", key.term, String(term)]]),
  ];
  for (const command of commands) {
    // A command of a name and a key alone has nothing to say.
    if (command.length > 2 && (await redis.command(command)) === null) return false;
  }
  return true;
}
