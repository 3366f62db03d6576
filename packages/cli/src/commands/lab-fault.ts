import type { FaultReport, LabControl, Region, Site } from "@careline/lab";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";

type Act = (lab: LabControl, signal: AbortSignal) => Promise<FaultReport>;

/** `careline lab fault …`: breaks things, verifies that they broke, and heals them. */
export function declareLabFault(command: Command, context: CommandContext): void {
  const fault = command.command("fault").description("break things, and heal them");
  const apply = (act: Act): Promise<void> => run(act, context);
  const onSite = (name: string, summary: string, act: (site: Site) => Act): void => {
    fault
      .command(name)
      .description(summary)
      .argument("<site>", "east, west or witness")
      .addHelpText("after", `\nExample:\n  ./careline lab fault ${name} east`)
      .action(async (site: string) => apply(act(await siteOf(site))));
  };
  const onProcess = (name: string, summary: string, act: (process: string) => Act): void => {
    fault
      .command(name)
      .description(summary)
      .argument("<process>", "e.g. controller.east")
      .addHelpText("after", `\nExample:\n  ./careline lab fault ${name} controller.east`)
      .action((process: string) => apply(act(process)));
  };
  onSite(
    "kill-site",
    "end everything of a site at once; it stays down until healed",
    (site) => (lab, signal) => lab.killSite(site, signal),
  );
  onSite(
    "stop-site",
    "freeze everything of a site, as a machine that hangs",
    (site) => (lab, signal) => lab.stopSite(site, signal),
  );
  onSite(
    "continue-site",
    "let a frozen site go on",
    (site) => (lab, signal) => lab.continueSite(site, signal),
  );
  onSite(
    "heal-site",
    "continue what is frozen, start what is down",
    (site) => (lab, signal) => lab.healSite(site, signal),
  );
  onProcess("stop", "freeze one process", (name) => (lab, signal) => lab.stopProcess(name, signal));
  onProcess(
    "continue",
    "let one frozen process go on",
    (name) => (lab, signal) => lab.continueProcess(name, signal),
  );
  onProcess(
    "start",
    "start one process that was kept down",
    (name) => (lab, signal) => lab.healProcess(name, signal),
  );
  fault
    .command("kill")
    .description("end one process at once; it starts again unless --stay-down")
    .argument("<process>", "e.g. portal.east")
    .option("--stay-down", "until `careline lab fault start`")
    .action((name: string, options: { stayDown?: boolean }) =>
      apply((lab, signal) => lab.killProcess(name, options.stayDown === true, signal)),
    );
  declareRegionFaults(fault, apply);
  fault
    .command("heal")
    .description("end every fault: links, processes, sites, disks, clocks")
    .action(() => apply((lab, signal) => lab.healAll(signal)));
}

function declareRegionFaults(fault: Command, apply: (act: Act) => Promise<void>): void {
  fault
    .command("fill-disk")
    .description("fill a region's disk (needs `up --region-disk`)")
    .argument("<region>", "east or west")
    .option("--leave <bytes>", "so much stays free", "0")
    .action(async (region: string, options: { leave: string }) => {
      const where = await regionOf(region);
      const leave = Number(options.leave);
      await apply((lab, signal) => lab.fillDisk(where, leave, signal));
    });
  fault
    .command("free-disk")
    .description("make the disk's room free again")
    .argument("<region>", "east or west")
    .action(async (region: string) => {
      const where = await regionOf(region);
      await apply((lab, signal) => lab.freeDisk(where, signal));
    });
  fault
    .command("skew-clock")
    .description("move the wall clocks of a region (needs `up --skewable-clocks`)")
    .argument("<region>", "east or west")
    .argument("<seconds>", "e.g. 600, or -- -30 for back; 0 ends it")
    .action(async (region: string, seconds: string) => {
      const where = await regionOf(region);
      const offset = Number(seconds);
      if (!Number.isInteger(offset)) throw new CliError("BAD_ARGUMENT", "whole seconds, please");
      await apply((lab, signal) => lab.skewClock(where, offset, signal));
    });
}

async function siteOf(text: string): Promise<Site> {
  const { sites } = await import("@careline/lab");
  const site = sites.find((each) => each === text);
  if (site === undefined) throw new CliError("BAD_ARGUMENT", `${text} is not a site`);
  return site;
}

async function regionOf(text: string): Promise<Region> {
  const { isRegion } = await import("@careline/lab");
  if (!isRegion(text)) throw new CliError("BAD_ARGUMENT", `${text} is not a region`);
  return text;
}

async function run(act: Act, { clock, output, signal }: CommandContext): Promise<void> {
  const { connectLab } = await import("@careline/lab");
  const report = await act(connectLab(await openLab(), clock), signal);
  output.json(report);
  output.line(`${report.kind}: from ${report.beganAt} to ${report.effectiveAt}`);
  output.line(`  reached ${report.pids.length} processes; ${report.evidence}`);
}
