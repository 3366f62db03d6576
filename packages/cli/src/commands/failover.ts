import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  expectedLossSchema,
  followRun,
  regionArgument,
  runIdSchema,
  systemStatusSchema,
  withOperator,
} from "../operator/index.ts";
import { formatElapsed } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";
import { isTyped } from "./is-typed.ts";
import { lossText } from "./loss-text.ts";

interface FailoverOptions {
  readonly as: string;
  readonly yes?: boolean;
  readonly reason: string;
}

/** `careline failover <region>`: by an operator, with the loss that it may cost on the table. */
export const failoverCommand: CommandDefinition = {
  name: "failover",
  summary: "make a region primary although the other may be lost; shows the expected loss and asks",
  example: "./careline failover west\n./careline failover west --yes --reason 'east burns'",
  declare: (command, context) => {
    withOperator(command, "otto")
      .argument("<region>", "east or west: the one that takes over", regionArgument)
      .option("--yes", "do not ask")
      .option("--reason <text>", "kept in the run's journal", "ordered by an operator")
      .action((region: string, options: FailoverOptions) => failover(region, options, context));
  },
};

async function failover(
  region: string,
  options: FailoverOptions,
  context: CommandContext,
): Promise<void> {
  const { clock, output, signal } = context;
  const controllers = connectAs(options.as, context);
  // What the standby lacks is no answer to whoever names the primary, e.g. after automation was faster.
  const { primary, term } = systemStatusSchema.parse(await controllers.get("/v1/status", signal));
  if (primary === region) {
    throw new CliError("REFUSED", `${region} is the primary already, in term ${term}`);
  }
  const loss = expectedLossSchema.parse(await controllers.get("/v1/expected-loss", signal));
  output.note(lossText(region, loss));
  if (options.yes !== true && !(await isTyped(region, output.isJson, signal))) {
    throw new CliError("NOT_CONFIRMED", `the failover to ${region} was not confirmed`);
  }
  const beganMs = clock.monotonicMs();
  const body = {
    kind: "failover",
    to: region,
    confirmation: loss.confirmation,
    reason: options.reason,
  };
  const { id } = runIdSchema.parse(await controllers.send("POST", "/v1/runs", body, signal));
  output.progress(`run ${id} accepted`);
  const run = await followRun(controllers, id, context);
  output.json({ expectedLoss: loss, run });
  output.line(`Done in ${formatElapsed(clock.monotonicMs() - beganMs)} (run ${id}).`);
}
