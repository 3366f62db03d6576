import type { Scenario } from "../scenario.ts";

export const regionLoss: Scenario = {
  name: "region-loss",
  what: "Every process of the primary's region is killed at one stroke, without warning.",
  expected: "The other region takes over by itself, and nothing that was acknowledged is missing.",
  primary: "moves",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "heal-site", site: primary }, signal);
  },
};
