import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  followRun,
  regionArgument,
  runIdSchema,
  withOperator,
} from "../operator/index.ts";
import { formatElapsed } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";

interface MoveOptions {
  readonly as: string;
  readonly ignore: readonly string[];
  readonly reason: string;
  readonly wait: boolean;
}

const collect = (code: string, codes: readonly string[]): readonly string[] => [...codes, code];

/** `careline switchover <region>`: moves on purpose and without loss. */
export const switchoverCommand: CommandDefinition = {
  name: "switchover",
  summary: "move the primary role on purpose, without loss",
  example: "./careline switchover west\n./careline switchover west --ignore no-recent-drill",
  declare: (command, context) => {
    withOperator(command, "otto")
      .argument("<region>", "east or west", regionArgument)
      .option(
        "--ignore <code>",
        "go on although this readiness reason stands; repeatable",
        collect,
        [],
      )
      .option("--reason <text>", "kept in the run's journal", "planned")
      .option("--no-wait", "return as soon as the run is accepted")
      .action((region: string, options: MoveOptions) =>
        move({ kind: "switchover", to: region }, options, context),
      );
  },
};

/** `careline failback`: a switchover to the home region. */
export const failbackCommand: CommandDefinition = {
  name: "failback",
  summary: "move the primary role back to its home region, without loss",
  example: "./careline failback",
  declare: (command, context) => {
    withOperator(command, "otto")
      .option(
        "--ignore <code>",
        "go on although this readiness reason stands; repeatable",
        collect,
        [],
      )
      .option("--reason <text>", "kept in the run's journal", "failback")
      .option("--no-wait", "return as soon as the run is accepted")
      .action((options: MoveOptions) => move({ kind: "failback" }, options, context));
  },
};

async function move(what: object, options: MoveOptions, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const controllers = connectAs(options.as, context);
  const body = { ...what, ignore: [...options.ignore], reason: options.reason };
  const beganMs = clock.monotonicMs();
  const { id } = runIdSchema.parse(await controllers.send("POST", "/v1/runs", body, signal));
  output.progress(`run ${id} accepted`);
  if (!options.wait) {
    output.json({ id });
    output.line(`Follow it with ./careline runs show ${id}`);
    return;
  }
  const run = await followRun(controllers, id, context);
  output.json(run);
  output.line(`Done in ${formatElapsed(clock.monotonicMs() - beganMs)} (run ${id}).`);
}
