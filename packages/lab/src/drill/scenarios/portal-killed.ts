import type { Scenario } from "../scenario.ts";

export const portalKilled: Scenario = {
  name: "portal-killed",
  what: "The portal process of the primary region is killed.",
  expected: "The supervisor starts it again; the primary stays where it is.",
  primary: "stays",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault(
      { kind: "kill-process", process: `portal.${primary}`, staysDown: false },
      signal,
    );
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
