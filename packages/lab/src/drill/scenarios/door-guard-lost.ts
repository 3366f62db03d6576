import type { Scenario } from "../scenario.ts";

export const doorGuardLost: Scenario = {
  name: "door-guard-lost",
  what: "The guard of the front door is killed and stays down, and then the primary's region hangs for 20 s.",
  expected:
    "The front door's own checks leave the region that hangs after six seconds of silence; nothing is lost.",
  primary: "moves",
  async fault({ stage, primary, signal, sleep, note }) {
    const guard = { kind: "kill-process", process: "door-guard", staysDown: true } as const;
    await stage.fault(guard, signal);
    note("now the primary's region hangs");
    const report = await stage.fault({ kind: "stop-site", site: primary }, signal);
    await sleep(20_000);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "continue-site", site: primary }, signal);
    await stage.fault({ kind: "heal-process", process: "door-guard" }, signal);
  },
};
