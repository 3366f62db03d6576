import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandDefinition } from "../program.ts";

interface SimOptions {
  readonly seeds: string;
  readonly from: string;
  readonly minutes?: string;
  readonly faults?: string;
  readonly replay?: string;
  readonly explain?: boolean;
}

/** `careline sim`: the decision code of three sites on simulated clocks, network and databases. */
export const simCommand: CommandDefinition = {
  name: "sim",
  summary:
    "run the continuity code in the simulator, from seeds; every invariant after every event",
  example:
    "./careline sim --seeds 400 --from 1\n./careline sim --replay 44 --explain\n./careline sim --replay 1000851 --faults 6 --explain",
  declare: (command, context) => {
    command
      .option("--seeds <count>", "how many", "100")
      .option("--from <seed>", "the first", "1")
      .option("--minutes <count>", "simulated minutes of each")
      .option("--faults <count>", "faults a minute, in each; a seed of a long run needs the same")
      .option("--replay <seed>", "one seed again")
      .option(
        "--explain",
        "with --replay: find the fewest faults that break it, and tell the story",
      )
      .action((options: SimOptions) => sim(options, context));
  },
};

async function sim(options: SimOptions, context: CommandContext): Promise<void> {
  if (options.replay !== undefined)
    await replay(number(options.replay, "--replay"), options, context);
  else await range(options, context);
}

async function replay(
  seed: number,
  options: SimOptions,
  { output }: CommandContext,
): Promise<void> {
  const { explainSeed, runSimulation } = await import("@careline/continuity-core/sim/index.ts");
  if (options.explain === true) {
    const explanation = explainSeed({ seed, ...scaleOf(options) });
    output.json(explanation);
    for (const line of explanation.lines) output.line(line);
    if (explanation.violation !== undefined) process.exitCode = exitCodes.failed.code;
    return;
  }
  const result = runSimulation({ seed, ...scaleOf(options) });
  output.json(result);
  output.line(
    result.violation === undefined
      ? `seed ${seed}: every invariant held (${result.events} events)`
      : `seed ${seed}: invariant ${result.violation.invariant} broke: ${result.violation.what}`,
  );
  if (result.violation !== undefined) process.exitCode = exitCodes.failed.code;
}

async function range(
  options: SimOptions,
  { clock, output, signal }: CommandContext,
): Promise<void> {
  const { simulateSeeds } = await import("@careline/continuity-core/sim/index.ts");
  const seeds = number(options.seeds, "--seeds");
  const beganMs = clock.monotonicMs();
  let done = 0;
  let saidMs = beganMs;
  const summary = await simulateSeeds({
    from: number(options.from, "--from"),
    seeds,
    ...scaleOf(options),
    signal,
    onResult: () => {
      done += 1;
      if (clock.monotonicMs() - saidMs < 2000) return;
      saidMs = clock.monotonicMs();
      output.progress(`${done} of ${seeds} seeds`);
    },
  });
  const seconds = (clock.monotonicMs() - beganMs) / 1000;
  const eventsPerSecond = Math.round(summary.events / seconds);
  output.json({ ...summary, seconds, eventsPerSecond });
  output.line(
    `${summary.seeds} seeds, ${(summary.simulatedMs / 3_600_000).toFixed(1)} simulated hours, ${summary.events} events (${eventsPerSecond}/s), ${summary.faults} faults`,
  );
  for (const { seed, violation } of summary.failures) {
    output.line(`seed ${seed}: invariant ${violation.invariant} broke: ${violation.what}`);
    output.line(`  ${replayCommand(seed, options)}`);
  }
  output.line(summary.failures.length === 0 ? "Every invariant held." : "INVARIANTS BROKE.");
  if (summary.failures.length > 0) process.exitCode = exitCodes.failed.code;
}

/** The faults of a seed depend on how many there are: the command names what this run was given. */
function replayCommand(seed: number, { minutes, faults }: SimOptions): string {
  const scale = [
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
    ...(faults === undefined ? [] : [`--faults ${faults}`]),
  ];
  return ["./careline sim --replay", seed, ...scale, "--explain"].join(" ");
}

function scaleOf(options: SimOptions): { minutes?: number; faultsPerMinute?: number } {
  return {
    ...(options.minutes === undefined ? {} : { minutes: number(options.minutes, "--minutes") }),
    ...(options.faults === undefined
      ? {}
      : { faultsPerMinute: number(options.faults, "--faults") }),
  };
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new CliError("BAD_ARGUMENT", `${name} takes a number`);
  }
  return value;
}
