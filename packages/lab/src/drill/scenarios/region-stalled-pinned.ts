import type { Scenario } from "../scenario.ts";

/** A permit and a promise last 1.25 s each (continuity-core, parameters). */
const permitMs = 1_250;

export const regionStalledPinned: Scenario = {
  name: "region-stalled-pinned",
  what: "The primary's region is stopped for twice its permit and continued, while ten clients hold connections to its own port.",
  expected:
    "Whatever it decided before, it acknowledges nothing that the other region could contradict.",
  primary: "either",
  pinnedClients: 10,
  async fault({ stage, primary, signal, note, sleep }) {
    const report = await stage.fault({ kind: "stop-site", site: primary }, signal);
    await sleep(2 * permitMs);
    note("the region is continued");
    await stage.fault({ kind: "continue-site", site: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "continue-site", site: primary }, signal);
  },
};
