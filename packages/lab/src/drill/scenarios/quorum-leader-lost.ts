import type { Scenario } from "../scenario.ts";
import { leadQuorumFrom, quorumLeader } from "../stage-faults.ts";

export const quorumLeaderLost: Scenario = {
  name: "quorum-leader-lost",
  what: "The leadership of the quorum store moves into the primary's region, and that region is killed at once.",
  expected:
    "The store elects another leader and the other region takes over: the election costs time, never a write.",
  primary: "moves",
  async fault({ stage, primary, signal, note, expect, until }) {
    // The controllers hand the leadership back to the witness every two seconds.
    const isLeading = await until(10_000, async () => {
      await leadQuorumFrom(stage, primary, signal);
      return (await quorumLeader(stage, signal)) === primary;
    });
    expect(isLeading, `the member of ${primary} leads the store`);
    note("the leader's site is killed");
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "heal-site", site: primary }, signal);
  },
};
