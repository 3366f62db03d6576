import type { Scenario } from "../scenario.ts";

export const witnessLost: Scenario = {
  name: "witness-lost",
  what: "The witness is killed for 15 s.",
  expected: "Nothing moves and nothing pauses: the standby's promise holds.",
  primary: "stays",
  async fault({ stage, signal, sleep }) {
    const report = await stage.fault({ kind: "kill-site", site: "witness" }, signal);
    await sleep(15_000);
    return report.beganAt;
  },
  async heal({ stage, signal }) {
    await stage.fault({ kind: "heal-site", site: "witness" }, signal);
  },
};
