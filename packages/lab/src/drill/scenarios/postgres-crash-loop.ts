import type { Scenario } from "../scenario.ts";
import { killPostgres } from "../stage-faults.ts";

export const postgresCrashLoop: Scenario = {
  name: "postgres-crash-loop",
  what: "PostgreSQL of the primary region is killed each time it runs again.",
  expected:
    "After one restart in place the region gives its term up without waiting for any lapse.",
  primary: "moves",
  async fault({ stage, primary, standby, signal, wallMs, until, serving, note, untilMoved }) {
    const beganAt = (await killPostgres(stage, primary, signal)) ?? new Date(wallMs());
    let kills = 1;
    await until(60_000, async () => {
      if ((await serving()).includes(standby)) return true;
      if ((await killPostgres(stage, primary, signal)) !== null) kills += 1;
      return false;
    });
    note(`killed ${kills} times`);
    await untilMoved();
    return beganAt;
  },
  heal: () => Promise.resolve(),
};
