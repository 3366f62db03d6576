import type { Scenario } from "../scenario.ts";

export const oneWayIn: Scenario = {
  name: "one-way-in",
  what: "Nothing from the other region reaches the primary's region; the way there is open. 15 s.",
  expected: "The primary goes on under its lease; nothing moves.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, wallMs, sleep }) {
    const beganAt = new Date(wallMs());
    await stage.wan({ kind: "cut", from: standby, to: primary, both: false }, signal);
    await sleep(15_000);
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
