import type { Scenario } from "../scenario.ts";

export const regionsLostInTurn: Scenario = {
  name: "regions-lost-in-turn",
  what: "The primary's region is killed; when the other has taken over, it is killed as well. The first returns, and 10 s later the second.",
  expected:
    "The first region lacks what the second acknowledged alone, so it serves nobody until the second is back and primary.",
  primary: "moves",
  async fault({ stage, primary, standby, signal, sleep, note, expect, serving, untilMoved }) {
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    await untilMoved();
    await sleep(3_000);
    note("now the region that took over");
    await stage.fault({ kind: "kill-site", site: standby }, signal);
    note("the first region returns");
    await stage.fault({ kind: "heal-site", site: primary }, signal);
    await sleep(10_000);
    expect((await serving()).length === 0, "the region that returned first serves nobody");
    note("the second region returns");
    await stage.fault({ kind: "heal-site", site: standby }, signal);
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
