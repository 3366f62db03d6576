import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { connectAs, type Run, runSchema, runsSchema, withOperator } from "../operator/index.ts";
import { formatTable } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";

const controls = [
  ["pause", "do no further step until it is resumed", "otto"],
  ["resume", "go on", "otto"],
  ["cancel", "stop it, and undo what can be undone", "otto"],
  ["approve", "agree to the step that waits for it", "ada"],
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
    withOperator(command.command("skip").description("leave the current step out"), "otto")
      .argument("<id>")
      .requiredOption("--reason <text>", "kept in the run's journal")
      .action((id: string, options: { as: string; reason: string }) =>
        control(id, "skip", options, context),
      );
  },
};

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
  options: { readonly as: string; readonly reason?: string },
  context: CommandContext,
): Promise<void> {
  const path = `/v1/runs/${encodeURIComponent(id)}/control`;
  const body = { action, ...(options.reason === undefined ? {} : { reason: options.reason }) };
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
  const who = run.orderedBy === null ? "by the controllers themselves" : `by ${run.orderedBy}`;
  return [
    `${run.kind} ${run.id}, ${run.from} to ${run.to}, ${who}, ${run.createdAt}`,
    `${run.state}${why}`,
    formatTable(rows),
  ].join("\n");
}
