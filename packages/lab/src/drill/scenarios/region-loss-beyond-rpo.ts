import type { Scenario } from "../scenario.ts";

export const regionLossBeyondRpo: Scenario = {
  name: "region-loss-beyond-rpo",
  what: "The link between the regions is cut for 15 s, so that the standby is further behind than the RPO bound; then the primary's region is killed for 10 s.",
  expected:
    "The standby is neither safe nor within the bound: nobody takes over, and the primary returns with everything it had acknowledged.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, sleep, note, expect, serving, wallMs }) {
    const beganAt = new Date(wallMs());
    await stage.cut(primary, standby, signal);
    await sleep(15_000);
    const status = await stage.operators.status(signal);
    expect(!status.protected, "the system says that it is unprotected");
    note("the primary's region is killed");
    await stage.fault({ kind: "kill-site", site: primary }, signal);
    await stage.healLinks(signal);
    await sleep(10_000);
    expect((await serving()).length === 0, "the standby does not take over");
    await stage.fault({ kind: "heal-site", site: primary }, signal);
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
