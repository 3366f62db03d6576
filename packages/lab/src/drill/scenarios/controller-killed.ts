import type { Scenario } from "../scenario.ts";

export const controllerKilled: Scenario = {
  name: "controller-killed",
  what: "The controller of the primary region is killed.",
  expected: "Its keeper goes on without it; nobody notices.",
  primary: "stays",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault(
      { kind: "kill-process", process: `controller.${primary}`, staysDown: false },
      signal,
    );
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
