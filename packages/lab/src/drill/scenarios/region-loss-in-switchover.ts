import type { Scenario } from "../scenario.ts";

export const regionLossInSwitchover: Scenario = {
  name: "region-loss-in-switchover",
  what: "A switchover is ordered, and the region that it leaves is killed 300 ms later.",
  expected: "The other region ends up writable with everything that was acknowledged.",
  primary: "moves",
  async fault({ stage, primary, standby, signal, wallMs, note, sleep }) {
    const askedAt = new Date(wallMs());
    const moving = stage.switchOver(standby, signal);
    moving.catch((thrown: unknown) => note(`the run was stopped: ${String(thrown)}`));
    await sleep(300);
    await stage.fault({ kind: "kill-site", site: primary }, signal);
    return askedAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "heal-site", site: primary }, signal);
  },
};
