import type { Scenario } from "../scenario.ts";

export const quorumLost: Scenario = {
  name: "quorum-lost",
  what: "Two of the three members of the quorum store are killed for 15 s; both regions run.",
  expected:
    "The primary goes on under the standby's promise; no takeover is possible, and none is needed.",
  primary: "stays",
  async fault({ stage, standby, signal, sleep }) {
    const kill = (process: string) =>
      stage.fault({ kind: "kill-process", process, staysDown: true }, signal);
    const report = await kill("etcd.witness");
    await kill(`etcd.${standby}`);
    await sleep(15_000);
    return report.beganAt;
  },
  async heal({ stage, standby, signal }) {
    for (const process of ["etcd.witness", `etcd.${standby}`]) {
      await stage.fault({ kind: "heal-process", process }, signal);
    }
  },
};
