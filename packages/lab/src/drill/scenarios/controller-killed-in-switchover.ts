import type { Scenario } from "../scenario.ts";

export const controllerKilledInSwitchover: Scenario = {
  name: "controller-killed-in-switchover",
  what: "A switchover is ordered, and the controller of the primary's region is killed 300 ms later.",
  expected: "The journal's successor completes the run or stops it safely; one region is writable.",
  primary: "either",
  async fault({ stage, primary, standby, signal, wallMs, note, sleep }) {
    const askedAt = new Date(wallMs());
    const moving = stage.switchOver(standby, signal);
    await sleep(300);
    await stage.fault(
      { kind: "kill-process", process: `controller.${primary}`, staysDown: false },
      signal,
    );
    await moving.catch((thrown: unknown) => note(`the run was stopped: ${String(thrown)}`));
    return askedAt;
  },
  heal: () => Promise.resolve(),
};
