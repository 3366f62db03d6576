import type { Scenario } from "../scenario.ts";

export const quorumAndStandbyLost: Scenario = {
  name: "quorum-and-standby-lost",
  what: "The witness and the standby's region are killed: neither quorum nor promise is left. They come back after 15 s.",
  expected:
    "The primary fences itself at its deadline, serves nobody, and goes on in the same term when the quorum returns.",
  primary: "stays",
  async fault({ stage, standby, signal, sleep, expect, serving, note }) {
    const report = await stage.fault({ kind: "kill-site", site: "witness" }, signal);
    await stage.fault({ kind: "kill-site", site: standby }, signal);
    await sleep(5_000);
    expect((await serving()).length === 0, "nobody holds a permit 5 s after quorum and standby");
    await sleep(10_000);
    note("both come back");
    await stage.fault({ kind: "heal-all" }, signal);
    return report.beganAt;
  },
  heal: () => Promise.resolve(),
};
