import type { Scenario } from "../scenario.ts";
import { destroyMember, forceQuorum, hasMember, startAlone } from "../store-life.ts";

export const quorumForced: Scenario = {
  name: "quorum-forced",
  what: "The primary's region and the witness are destroyed with what their members of the quorum store held; two persons force a new life of the store.",
  expected:
    "Nothing happens by itself. After order, agreement and the survivor's start alone the other region serves in a higher term; the lost region returns as its standby, nothing acknowledged as geo is missing.",
  primary: "moves",
  async fault({ stage, primary, standby, signal, sleep, note, expect, serving }) {
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    await stage.fault({ kind: "kill-site", site: "witness" }, signal);
    destroyMember(stage, primary);
    destroyMember(stage, "witness");
    await sleep(5_000);
    expect((await serving()).length === 0, "the survivor does not take over by itself");
    await forceQuorum(stage, standby, primary, signal);
    expect((await serving()).length === 0, "two persons' word alone does not make it serve");
    note("two persons have ordered it; the surviving member starts alone");
    await startAlone(stage, standby, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, standby, signal }) {
    // Broken off before: without its majority no member that lost its data could ever return.
    const isStuck = !hasMember(stage, primary) && !hasMember(stage, "witness");
    if (isStuck && (await stage.operators.quorumIsLost(signal))) {
      await startAlone(stage, standby, signal);
    }
    await stage.fault({ kind: "heal-all" }, signal);
  },
};
