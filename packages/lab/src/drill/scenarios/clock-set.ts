import type { Scenario } from "../scenario.ts";

export const clockSet: Scenario = {
  name: "clock-set",
  what: "The wall clock of the primary's region jumps ten minutes ahead, then an hour back, then right again.",
  expected: "Only people see it: nothing that decides reads a wall clock.",
  primary: "stays",
  unavailable: (stage) =>
    stage.layout.settings.skewableClocks
      ? null
      : "the lab was started without clocks that can be set (--skewable-clocks)",
  async fault({ stage, primary, signal, sleep }) {
    const set = (offsetSeconds: number) =>
      stage.fault({ kind: "skew-clock", region: primary, offsetSeconds }, signal);
    const report = await set(600);
    await sleep(8_000);
    await set(-3_600);
    await sleep(8_000);
    await set(0);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "skew-clock", region: primary, offsetSeconds: 0 }, signal);
  },
};
