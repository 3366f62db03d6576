import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  expectedLossSchema,
  type Run,
  runSchema,
  runsSchema,
  withOperator,
} from "../operator/index.ts";
import { formatTable } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";
import { isTyped } from "./is-typed.ts";
import { lossText } from "./loss-text.ts";

const controls = [
  ["pause", "do no further step until it is resumed", "otto"],
  ["resume", "go on", "otto"],
  ["cancel", "stop it, and undo what can be undone", "otto"],
  ["ungraceful", "go on without the region that should have co-operated", "otto"],
] as const;

/** `careline runs …`: journals of switchovers, failovers and rejoins. */
export const runsCommand: CommandDefinition = {
  name: "runs",
  summary: "list and control runs: switchovers, failovers, failbacks, rejoins",
  example:
    "./careline runs list\n./careline runs show 0193…\n./careline runs skip 0193… --reason 'checked by hand'",
  declare: (command, context) => {
    declareList(command, context);
    declareShow(command, context);
    for (const [name, summary, usual] of controls) {
      withOperator(command.command(name).description(summary), usual)
        .argument("<id>")
        .option("--reason <text>", "kept in the run's journal")
        .action((id: string, options: { as: string; reason?: string }) =>
          control(id, name, options, context),
        );
    }
    declareApprove(command, context);
    withOperator(command.command("skip").description("leave the current step out"), "otto")
      .argument("<id>")
      .requiredOption("--reason <text>", "kept in the run's journal")
      .action((id: string, options: { as: string; reason: string }) =>
        control(id, "skip", options, context),
      );
  },
};

/** Approves with the figures that are on the table now: they are shown, kept with the approval and compared with the truth later. */
function declareApprove(command: Command, context: CommandContext): void {
  withOperator(
    command
      .command("approve")
      .description("agree to the step that waits for it; shows the expected loss and asks"),
    "ada",
  )
    .argument("<id>")
    .option("--yes", "do not ask")
    .action(async (id: string, options: { as: string; yes?: boolean }) => {
      const { output, signal } = context;
      const controllers = connectAs(options.as, context);
      const run = runSchema.parse(
        await controllers.get(`/v1/runs/${encodeURIComponent(id)}`, signal),
      );
      const loss = expectedLossSchema.parse(await controllers.get("/v1/expected-loss", signal));
      output.note(lossText(run.to, loss));
      if (options.yes !== true && !(await isTyped(run.to, output.isJson, signal))) {
        throw new CliError("NOT_CONFIRMED", `the approval of ${run.kind} ${id} was not confirmed`);
      }
      const more = { confirmation: loss.confirmation };
      await control(id, "approve", { as: options.as, more }, context);
    });
}

function declareList(command: Command, context: CommandContext): void {
  withOperator(command.command("list", { isDefault: true }).description("newest first"), "vera")
    .option("--limit <count>", "how many", "20")
    .action(async (options: { as: string; limit: string }) => {
      const path = `/v1/runs?limit=${encodeURIComponent(options.limit)}`;
      const answer = await connectAs(options.as, context).get(path, context.signal);
      context.output.json(answer);
      const rows = runsSchema
        .parse(answer)
        .map((run) => [run.id, run.createdAt, run.kind, run.state]);
      context.output.line(
        rows.length === 0
          ? "No run yet."
          : formatTable([["run", "began", "kind", "state"], ...rows]),
      );
    });
}

function declareShow(command: Command, context: CommandContext): void {
  withOperator(command.command("show").description("all steps of a run"), "vera")
    .argument("<id>")
    .action(async (id: string, options: { as: string }) => {
      const path = `/v1/runs/${encodeURIComponent(id)}`;
      const answer = await connectAs(options.as, context).get(path, context.signal);
      context.output.json(answer);
      context.output.line(runText(runSchema.parse(answer)));
    });
}

async function control(
  id: string,
  action: string,
  options: { readonly as: string; readonly reason?: string; readonly more?: object },
  context: CommandContext,
): Promise<void> {
  const path = `/v1/runs/${encodeURIComponent(id)}/control`;
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const body = { action, ...reason, ...options.more };
  const answer = await connectAs(options.as, context).send("POST", path, body, context.signal);
  context.output.json(answer);
  context.output.line(runText(runSchema.parse(answer)));
}

function runText(run: Run): string {
  const rows = run.steps.map(({ name, site, state, attempt, detail }) => [
    name,
    site,
    state,
    attempt > 1 ? `${attempt}×` : "",
    detail,
  ]);
  const why = run.why === null ? "" : `: ${run.why}`;
  const people = run.approvals.map(({ by }) => by).join(", ");
  const approved = people === "" ? "" : `, approved by ${people}`;
  const waits = run.awaits.length === 0 ? "" : `; waits for ${run.awaits.join(" and ")}`;
  const who = run.orderedBy === null ? "by the controllers themselves" : `by ${run.orderedBy}`;
  return [
    `${run.kind} ${run.id}, ${run.from} to ${run.to}, ${who}, ${run.createdAt}`,
    `${run.state}${why}${approved}${waits}`,
    formatTable(rows),
  ].join("\n");
}
