import type { Scenario } from "../scenario.ts";

export const hundredWriters: Scenario = {
  name: "hundred-writers",
  what: "With 100 agents at work: the primary's region is killed and returns, the next primary hangs and goes on, an operator moves everything, the link between the regions is cut.",
  expected: "Nobody loses anything through it all.",
  primary: "either",
  agentsMin: 100,
  async fault(scene) {
    const { stage, primary, standby, signal, note, sleep, untilMoved, untilWhole } = scene;
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    await untilMoved();
    note("the region returns");
    await stage.fault({ kind: "heal-site", site: primary }, signal);
    await untilWhole();
    note("the new primary's region hangs");
    await stage.fault({ kind: "stop-site", site: standby }, signal);
    await untilMoved();
    note("it goes on");
    await stage.fault({ kind: "continue-site", site: standby }, signal);
    await untilWhole();
    note("an operator moves everything");
    await stage.switchOver(standby, signal);
    await untilWhole();
    note("the link between the regions is cut for 8 s");
    await stage.cut(primary, standby, signal);
    await sleep(8_000);
    await stage.healLinks(signal);
    return report.beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
