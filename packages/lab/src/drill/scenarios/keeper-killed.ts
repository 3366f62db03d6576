import type { Scenario } from "../scenario.ts";

export const keeperKilled: Scenario = {
  name: "keeper-killed",
  what: "The keeper of the primary region is killed, and PostgreSQL dies with it.",
  expected:
    "A restarted keeper forgets its permit; the region serves again after a renewal, or the other takes over.",
  primary: "either",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault(
      { kind: "kill-process", process: `keeper.${primary}`, staysDown: false },
      signal,
    );
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
