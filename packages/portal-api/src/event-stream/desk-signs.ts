import type { Redis } from "../redis/index.ts";

const key = "careline:desks";
/** Not an agent: what whoever reads writes first. */
const looker = "looker";
/** Longer than any night without a portal: what it holds is only compared with what it held before. */
const keptMs = 86_400_000;

/**
 * Signs of life of desks: each process of the region writes a new sign for every agent who has an event stream here. A sign has no time
 * in it: whoever reads compares it with the one read before, by a clock of their own, so that no two clocks have to agree.
 */
export class DeskSigns {
  readonly #redis: Redis;
  readonly #from: string;
  #count = 0;

  constructor(redis: Redis, bootId: string) {
    this.#redis = redis;
    this.#from = bootId;
  }

  /** One command for all of them. What Redis does not take is made up for by the next sign. */
  async give(agentIds: ReadonlySet<string>): Promise<void> {
    if (agentIds.size === 0) return;
    this.#count += 1;
    const sign = `${this.#from}:${this.#count}`;
    await this.#redis.command(["HSET", key, ...[...agentIds].flatMap((id) => [id, sign])]);
    await this.#redis.command(["PEXPIRE", key, String(keptMs)]);
  }

  /**
   * The newest sign of each agent; null when Redis is away, or answers but takes nothing (a full disk, still a replica): then no sign
   * changes, and every desk would look silent.
   */
  async read(): Promise<ReadonlyMap<string, string> | null> {
    if ((await this.#redis.command(["HSET", key, looker, this.#from])) === null) return null;
    return signsIn(await this.#redis.command(["HGETALL", key]));
  }
}

/** HGETALL answers a list of names and values in turn, or an object of them. */
function signsIn(answer: unknown): ReadonlyMap<string, string> | null {
  if (Array.isArray(answer)) {
    const pairs = Array.from(
      { length: answer.length / 2 },
      (_, at) => [String(answer[2 * at]), String(answer[2 * at + 1])] as const,
    );
    return new Map(pairs);
  }
  if (typeof answer !== "object" || answer === null) return null;
  return new Map(Object.entries(answer).map(([id, sign]) => [id, String(sign)]));
}
