import type { Scenario } from "../scenario.ts";

export const controllerStalled: Scenario = {
  name: "controller-stalled",
  what: "The controller of the primary region is stopped for 20 s and then continued.",
  expected: "After 10 s of silence its keeper gives the lease up, and the other region takes over.",
  primary: "moves",
  async fault({ stage, primary, signal, note, sleep }) {
    const process = `controller.${primary}`;
    const report = await stage.fault({ kind: "stop-process", process }, signal);
    await sleep(20_000);
    note("the controller is continued");
    await stage.fault({ kind: "continue-process", process }, signal);
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
