import { createInterface } from "node:readline/promises";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  type ExpectedLoss,
  expectedLossSchema,
  followRun,
  runIdSchema,
  withOperator,
} from "../operator/index.ts";
import { formatBytes, formatElapsed } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";

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
      .argument("<region>", "east or west: the one that takes over")
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
  const loss = expectedLossSchema.parse(await controllers.get("/v1/expected-loss", signal));
  output.note(lossText(region, loss));
  if (options.yes !== true && !(await isConfirmed(region, output.isJson, signal))) {
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

function lossText(region: string, { seconds, bytes, transactions }: ExpectedLoss): string {
  const parts = [
    seconds === null ? "an unknown time" : `≤ ${seconds.toFixed(1)} s of writes`,
    bytes === null ? null : `≤ ${formatBytes(bytes)} of log`,
    transactions === null ? null : `≤ ${transactions} transactions`,
  ].filter((part) => part !== null);
  return `A failover to ${region} may lose: ${parts.join(", ")}.
Writes of class geo are not among them. Browsers send again what they still hold.`;
}

async function isConfirmed(region: string, isJson: boolean, signal: AbortSignal): Promise<boolean> {
  if (isJson || !process.stdin.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`Type ${region} to go on: `, { signal });
    return answer.trim() === region;
  } finally {
    prompt.close();
  }
}
