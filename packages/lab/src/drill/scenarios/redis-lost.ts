import type { Scenario } from "../scenario.ts";

export const redisLost: Scenario = {
  name: "redis-lost",
  what: "Redis of the primary region is killed with everything in it.",
  expected: "Sessions and presence come back from PostgreSQL; nobody is signed out.",
  primary: "stays",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault(
      { kind: "kill-process", process: `redis.${primary}`, staysDown: false },
      signal,
    );
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
