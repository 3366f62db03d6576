import type { Redis } from "../redis/index.ts";
import type { BoardModel } from "./board-model.ts";

const key = {
  agents: "careline:live:agents",
  queues: "careline:live:queues",
  term: "careline:live:term",
} as const;

/** Fields and values of those records that differ between two looks, as HSET takes them. */
function changed<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
): string[] {
  const parts: string[] = [];
  for (const [id, item] of after) {
    const text = JSON.stringify(item);
    if (JSON.stringify(before.get(id)) !== text) parts.push(id, text);
  }
  return parts;
}

/**
 * Keeps the live state in Redis: agents and queues, each a hash by id (HCC-RED-06, HCC-RED-08, HCC-RED-09). PostgreSQL is the truth; a
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
  const base = isFresh ? before : { agents: new Map(), queues: new Map() };
  for (const name of ["agents", "queues"] as const) {
    const parts = changed<unknown>(base[name], after[name]);
    if (parts.length > 0 && (await redis.command(["HSET", key[name], ...parts])) === null)
      return false;
    const gone = [...base[name].keys()].filter((id) => !after[name].has(id));
    if (gone.length > 0) await redis.command(["HDEL", key[name], ...gone]);
  }
  if (isFresh) return true;
  return (await redis.command(["SET", key.term, String(term)])) !== null;
}
