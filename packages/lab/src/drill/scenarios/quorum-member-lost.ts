import type { Scenario } from "../scenario.ts";

export const quorumMemberLost: Scenario = {
  name: "quorum-member-lost",
  what: "The primary's own member of the quorum store is killed and stays down for 15 s.",
  expected: "The keeper uses the other members; nothing moves.",
  primary: "stays",
  async fault({ stage, primary, signal, sleep }) {
    const report = await stage.fault(
      { kind: "kill-process", process: `etcd.${primary}`, staysDown: true },
      signal,
    );
    await sleep(15_000);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "heal-process", process: `etcd.${primary}` }, signal);
  },
};
