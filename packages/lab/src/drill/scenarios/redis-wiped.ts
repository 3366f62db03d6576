import type { Scenario } from "../scenario.ts";
import { wipeRedis } from "../stage-faults.ts";

export const redisWiped: Scenario = {
  name: "redis-wiped",
  what: "Everything in Redis of the primary region, and so of its replica, is deleted three times, a second apart.",
  expected: "Redis holds nothing that PostgreSQL does not: nobody is signed out.",
  primary: "stays",
  async fault({ stage, primary, signal, sleep }) {
    const beganAt = await wipeRedis(stage, primary, signal);
    for (let again = 0; again < 2; again += 1) {
      await sleep(1_000);
      await wipeRedis(stage, primary, signal);
    }
    return beganAt;
  },
  heal: () => Promise.resolve(),
};
