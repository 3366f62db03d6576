import type { Scenario } from "../scenario.ts";

export const standbyLost: Scenario = {
  name: "standby-lost",
  what: "The standby's region is killed for 15 s.",
  expected: "The primary says that it is unprotected and goes on; the standby rejoins by itself.",
  primary: "stays",
  async fault({ stage, standby, signal, sleep }) {
    const report = await stage.fault({ kind: "kill-site", site: standby }, signal);
    await sleep(15_000);
    return report.beganAt;
  },
  async heal({ stage, standby, signal }) {
    await stage.fault({ kind: "heal-site", site: standby }, signal);
  },
};
