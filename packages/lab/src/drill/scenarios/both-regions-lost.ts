import type { Scenario } from "../scenario.ts";

export const bothRegionsLost: Scenario = {
  name: "both-regions-lost",
  what: "The standby's region is killed, and 15 s later the primary's; both come back after 5 s more.",
  expected:
    "Nobody promotes a standby that is behind: the last primary returns with everything it had acknowledged.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, note, sleep }) {
    const report = await stage.fault({ kind: "kill-site", site: standby }, signal);
    await sleep(15_000);
    note("now the primary's region, too");
    await stage.fault({ kind: "kill-site", site: primary }, signal);
    await sleep(5_000);
    note("both come back");
    await stage.fault({ kind: "heal-all" }, signal);
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
