import type { Scenario } from "../scenario.ts";

export const diskFull: Scenario = {
  name: "disk-full",
  what: "The disk of the primary's region fills up to the last byte.",
  expected:
    "Writes are refused or the other region takes over; nothing that was acknowledged is lost.",
  primary: "either",
  unavailable: (stage) =>
    stage.layout.settings.regionDiskMiB === null
      ? "the lab was started without disks of its own for the regions (--region-disk)"
      : null,
  async fault({ stage, primary, signal, sleep }) {
    const report = await stage.fault({ kind: "fill-disk", region: primary, leaveBytes: 0 }, signal);
    await sleep(15_000);
    await stage.fault({ kind: "free-disk", region: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "free-disk", region: primary }, signal);
  },
};
