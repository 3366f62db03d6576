import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { connectAs } from "../operator/index.ts";
import { formatElapsed, formatTable } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";

interface DrillCommandOptions {
  readonly all?: boolean;
  readonly fresh?: boolean;
  readonly list?: boolean;
  readonly repeat: string;
  readonly agents: string;
  readonly seed: string;
}

/** `careline drill <scenario>`: a fault under simulated agents, measured from their side. */
export const drillCommand: CommandDefinition = {
  name: "drill",
  summary: "break something under simulated agents, measure what they see, heal it, report",
  example:
    "./careline drill region-loss\n./careline drill switchover --repeat 10 --json\n./careline drill --list\n./careline drill --all",
  declare: (command, context) => {
    command
      .argument("[scenario]", "see --list")
      .option("--repeat <count>", "runs one after another", "1")
      .option("--agents <count>", "simulated agents", "50")
      .option("--seed <number>", "of think times and choices", "1")
      .option("--all", "every scenario; goes on where an interrupted one stopped")
      .option("--fresh", "with --all: begin anew")
      .option("--list", "the scenarios")
      .action((scenario: string | undefined, options: DrillCommandOptions) =>
        drill(scenario, options, context),
      );
  },
};

async function drill(
  scenario: string | undefined,
  options: DrillCommandOptions,
  context: CommandContext,
): Promise<void> {
  if (options.list === true) await list(context);
  else if (options.all === true) await all(options, context);
  else if (scenario === undefined) throw new CliError("BAD_ARGUMENT", "name a scenario, or --list");
  else await one(scenario, options, context);
}

async function list({ output }: CommandContext): Promise<void> {
  const { scenarios } = await import("@careline/lab/drill/index.ts");
  output.json(scenarios.map(({ name, what }) => ({ name, what })));
  output.line(formatTable(scenarios.map(({ name, what }) => [name, what])));
}

async function one(
  scenario: string,
  options: DrillCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { output, signal } = context;
  const { runDrill } = await import("@careline/lab/drill/index.ts");
  const { report, isGood, directory } = await runDrill(
    { layout: await openLab(), scenario, ...scaleOf(options) },
    signal,
    ({ run, text }) => output.progress(`run ${run}: ${text}`),
  );
  output.json(report);
  const rows = report.runs.map((run, index) => [
    `run ${index + 1}`,
    `outage ${run.outageMs} ms`,
    `lost ${run.lost.geo} geo, ${run.lost.local} local`,
    `replayed ${run.replayed}`,
    `errors ${run.errorsSeen}`,
    run.invariantsViolated.length === 0 ? "" : `VIOLATED ${run.invariantsViolated.join(", ")}`,
  ]);
  output.line(formatTable(rows));
  await record(context, scenario, isGood, report.runs.length);
  output.line(`outage median ${report.median.outageMs} ms, worst ${report.max.outageMs} ms`);
  output.line(`${isGood ? "Nothing was lost." : "NOT GOOD."} Report: ${directory}/report.html`);
  if (!isGood) process.exitCode = exitCodes.lost.code;
}

async function all(options: DrillCommandOptions, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const { runAllDrills } = await import("@careline/lab/drill/index.ts");
  const beganMs = clock.monotonicMs();
  const { report, isGood, directory } = await runAllDrills(
    { layout: await openLab(), fresh: options.fresh === true, ...scaleOf(options) },
    signal,
    ({ scenario, run, text }) => output.progress(`${scenario}, run ${run}: ${text}`),
  );
  output.json(report);
  for (const { scenario, outcome } of report.entries) {
    if (outcome === "kept" || outcome === "broken")
      await record(context, scenario, outcome === "kept", 1);
  }
  output.line(
    formatTable(report.entries.map((each) => [each.scenario, each.outcome, each.why ?? ""])),
  );
  output.line(
    `${report.kept} kept, ${report.broken} broken, ${report.failed} failed, ${report.skipped} skipped in ${formatElapsed(clock.monotonicMs() - beganMs)}. Report: ${directory}`,
  );
  if (!isGood) process.exitCode = exitCodes.lost.code;
}

/** Tells the controllers, whose readiness asks for the last drill. A lab that just lost its controllers is told nothing. */
async function record(
  context: CommandContext,
  scenario: string,
  isGood: boolean,
  runs: number,
): Promise<void> {
  const { output, signal } = context;
  const body = { scenario, outcome: isGood ? "kept" : "broken", runs };
  try {
    await connectAs("otto", context).send("POST", "/v1/drills", body, signal);
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    output.note(`the drill is not recorded: ${thrown.message}`);
  }
}

function scaleOf(options: DrillCommandOptions): {
  repeat: number;
  agents: number;
  seed: number;
} {
  const whole = (text: string, name: string): number => {
    if (!/^\d+$/.test(text)) throw new CliError("BAD_ARGUMENT", `${name} takes a whole number`);
    return Number(text);
  };
  return {
    repeat: whole(options.repeat, "--repeat"),
    agents: whole(options.agents, "--agents"),
    seed: whole(options.seed, "--seed"),
  };
}
