import type { Scenario } from "../scenario.ts";

export const regionHang: Scenario = {
  name: "region-hang",
  what: "Every process of the primary's region is stopped (SIGSTOP) and continued long after the takeover.",
  expected:
    "The other region takes over; the one that wakes finds itself fenced, acknowledges nothing and rejoins.",
  primary: "moves",
  async fault({ stage, primary, signal }) {
    const report = await stage.fault({ kind: "stop-site", site: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "continue-site", site: primary }, signal);
  },
};
