import type { Scenario } from "../scenario.ts";

export const regionsCutApart: Scenario = {
  name: "regions-cut-apart",
  what: "The link between the two regions is cut for 15 s; both see the witness.",
  expected: "The primary goes on, unprotected after 5 s; nothing moves.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, wallMs, sleep }) {
    const beganAt = new Date(wallMs());
    await stage.cut(primary, standby, signal);
    await sleep(15_000);
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
