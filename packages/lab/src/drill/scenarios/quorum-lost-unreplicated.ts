import type { Scenario } from "../scenario.ts";
import { freezePostgres } from "../stage-faults.ts";

/** The plan's bound (policy.rpoMs), a look of the controller, and the portal's pull. */
const suspendedWithinMs = 12_000;

export const quorumLostUnreplicated: Scenario = {
  name: "quorum-lost-unreplicated",
  what: "The quorum store loses its majority and the standby's PostgreSQL hangs, while its keeper still promises.",
  expected:
    "Going asynchronous cannot be recorded: once the standby's confirmation is older than the RPO bound, all writes stop; they go on when the quorum returns.",
  primary: "stays",
  async fault({ stage, standby, signal, note, expect, until, serving, sleep }) {
    const kill = (process: string) =>
      stage.fault({ kind: "kill-process", process, staysDown: true }, signal);
    const report = await kill("etcd.witness");
    await kill(`etcd.${standby}`);
    await freezePostgres(stage, standby, true, signal);
    await sleep(2_000);
    expect((await serving()).length === 1, "the promise keeps the primary going at first");
    const isStopped = await until(suspendedWithinMs, async () => (await serving()).length === 0);
    expect(isStopped, "all writes stop once the RPO bound is passed");
    note("quorum and standby come back");
    await freezePostgres(stage, standby, false, signal);
    for (const process of ["etcd.witness", `etcd.${standby}`]) {
      await stage.fault({ kind: "heal-process", process }, signal);
    }
    return report.beganAt;
  },
  async heal({ stage, standby, signal }) {
    await freezePostgres(stage, standby, false, signal);
  },
};
