import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  discardAnswerSchema,
  type TailReport,
  tailReportSchema,
  withOperator,
} from "../operator/index.ts";
import { formatBytes, formatTable } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";
import { holderOf, keyText, listAll, pathOf } from "./salvage-holder.ts";
import { declareMerge } from "./salvage-merge.ts";

/** `careline salvage …`: what only a lost region had committed, kept in quarantine since it returned. */
export const salvageCommand: CommandDefinition = {
  name: "salvage",
  summary: "list, show, merge or discard what only a returned region had committed",
  example: `./careline salvage list
./careline salvage show 7b0d…
./careline salvage merge 7b0d… --preview
./careline salvage merge 7b0d… --rows portal.call_notes:note_id=0193… --reason 'the caller asked for it'
./careline salvage discard 7b0d… --reason 'all merged' --as ada
./careline salvage discard 7b0d… --reason 'looked as well' --as abel`,
  declare: (command, context) => {
    declareList(command, context);
    declareShow(command, context);
    declareMerge(command, context);
    declareDiscard(command, context);
  },
};

function declareList(command: Command, context: CommandContext): void {
  withOperator(
    command.command("list", { isDefault: true }).description("copies in every region"),
    "vera",
  ).action(async (options: { as: string }) => {
    const { sites } = connectAs(options.as, context);
    const { lists, silent } = await listAll(sites, context.signal);
    if (lists.length === 0) throw new CliError("NO_CONTROLLER", "no controller answers");
    const copies = lists.flatMap((list) => list.copies);
    const discarded = lists.flatMap((list) => list.discarded);
    context.output.json({ copies, discarded, silent });
    const rows = copies.map((copy) => [
      copy.name,
      copy.site,
      copy.createdAt,
      formatBytes(copy.bytes),
      copy.rows === null ? "not diverged" : `${copy.rows} rows, ${copy.transactions} transactions`,
      copy.merges.length > 0 ? `merged ${copy.merges.length}×` : "",
      copy.discardAskedBy === null ? "" : `${copy.discardAskedBy} asks to discard it`,
    ]);
    context.output.line(rows.length === 0 ? "Nothing is in quarantine." : formatTable(rows));
    for (const { name, by, deletedAt, digest } of discarded) {
      context.output.line(`discarded ${name} by ${by}, ${deletedAt}, sha256 ${digest}`);
    }
    if (silent.length > 0) context.output.note(`not asked, silent: ${silent.join(", ")}`);
  });
}

function declareShow(command: Command, context: CommandContext): void {
  withOperator(
    command.command("show").description("the rows of one copy, by table and key"),
    "vera",
  )
    .argument("<copy>")
    .action(async (name: string, options: { as: string }) => {
      const site = await holderOf(connectAs(options.as, context).sites, name, context.signal);
      const answer = await site.ask("GET", pathOf(name), undefined, context.signal);
      const report = tailReportSchema.parse(answer);
      context.output.json(answer);
      const rows = report.rows.map(({ table, key }) => [table, keyText(key)]);
      const deleted = Object.entries(report.deleted).map(([table, count]) => [
        table,
        `${count} deleted, not named`,
      ]);
      context.output.line(
        `${report.transactions} transactions of ${site.site}, ${report.rows.length} rows`,
      );
      context.output.line(formatTable([...rows, ...deleted]));
      context.output.line(comparedText(report));
    });
}

/** What people were shown before the take-over, beside the truth. */
function comparedText({ approved, compared }: TailReport): string {
  if (compared === undefined) return "";
  const { found, isWithinApproved } = compared;
  const truth = `found ${found.seconds.toFixed(1)} s, ${found.rows} rows`;
  if (approved.length === 0) return `Nobody was asked before; ${truth}.`;
  const shown = approved.map(
    ({ by, seconds, rows }) => `${by}: ≤ ${seconds ?? "unknown"} s, ≤ ${rows ?? "unknown"} rows`,
  );
  const verdict =
    isWithinApproved === null ? "" : isWithinApproved ? ": within it" : ": MORE THAN AGREED TO";
  return `Agreed to by ${shown.join("; ")}; ${truth}${verdict}.`;
}

function declareDiscard(command: Command, context: CommandContext): void {
  withOperator(
    command
      .command("discard")
      .description("delete a copy for good: one approver asks, another agrees within a day"),
    "ada",
  )
    .argument("<copy>")
    .requiredOption("--reason <text>", "kept with the proof of deletion")
    .action(async (name: string, options: { as: string; reason: string }) => {
      const site = await holderOf(connectAs(options.as, context).sites, name, context.signal);
      const body = { reason: options.reason };
      const answer = await site.ask("POST", `${pathOf(name)}/discard`, body, context.signal);
      context.output.json(answer);
      const parsed = discardAnswerSchema.parse(answer);
      context.output.line(
        parsed.kind === "waiting"
          ? `Waits for a second approver until ${parsed.until}.`
          : `Discarded by ${parsed.proof.by}, ${parsed.proof.deletedAt}, sha256 ${parsed.proof.digest}`,
      );
    });
}
