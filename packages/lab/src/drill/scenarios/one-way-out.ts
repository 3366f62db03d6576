import type { Scenario } from "../scenario.ts";

export const oneWayOut: Scenario = {
  name: "one-way-out",
  what: "Nothing that the primary's region sends reaches the other region; the way back is open. 15 s.",
  expected: "The primary goes on under its lease; nothing moves.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, wallMs, sleep }) {
    const beganAt = new Date(wallMs());
    await stage.wan({ kind: "cut", from: primary, to: standby, both: false }, signal);
    await sleep(15_000);
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
