import type { Scenario } from "../scenario.ts";

export const primaryIsolated: Scenario = {
  name: "primary-isolated",
  what: "The primary's region is cut off from the other region and from the witness; clients still reach it.",
  expected: "It fences itself before the other region takes over; the front door follows.",
  primary: "moves",
  pinnedClients: 10,
  async fault({ stage, primary, standby, signal, wallMs }) {
    const beganAt = new Date(wallMs());
    await Promise.all([stage.cut(primary, standby, signal), stage.cut(primary, "witness", signal)]);
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
