import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import {
  connectAs,
  mergePreviewSchema,
  mergeRecordSchema,
  withOperator,
} from "../operator/index.ts";
import { formatTable } from "../output/index.ts";
import { isTyped } from "./is-typed.ts";
import { holderOf, keyText, pathOf } from "./salvage-holder.ts";

interface MergeOptions {
  readonly as: string;
  readonly rows: readonly string[];
  readonly takeOld: readonly string[];
  readonly preview?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
}

const collect = (row: string, rows: readonly string[]): readonly string[] => [...rows, row];

/** `careline salvage merge`: shown first, then merged exactly as shown. */
export function declareMerge(command: Command, context: CommandContext): void {
  withOperator(
    command
      .command("merge")
      .description("bring rows of a copy into the primary; shows what would happen and asks"),
    "ada",
  )
    .argument("<copy>")
    .option("--rows <table:column=value>", "only this row; repeatable; else all rows", collect, [])
    .option(
      "--take-old <table:column=value>",
      "replace the primary's version of this row by the copy's; repeatable",
      collect,
      [],
    )
    .option("--preview", "only show what would happen")
    .option("--yes", "do not ask")
    .option("--reason <text>", "kept with the record of the merge")
    .action((name: string, options: MergeOptions) => merge(name, options, context));
}

async function merge(name: string, options: MergeOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  const selection = selectionOf(options);
  const site = await holderOf(connectAs(options.as, context).sites, name, signal);
  const shown = await site.ask("POST", `${pathOf(name)}/preview`, selection, signal);
  const preview = mergePreviewSchema.parse(shown);
  const rows = preview.rows.map((row) => [row.action, row.table, keyText(row.key), row.state]);
  const text = `${formatTable(rows)}
${preview.inserts} to insert and ${preview.replaces} to replace at ${preview.primary}; the others stay as they are there.`;
  if (options.preview === true) {
    output.json(shown);
    output.line(text);
    return;
  }
  output.note(text);
  if (options.reason === undefined) throw new CliError("BAD_ARGUMENT", "--reason is missing");
  if (options.yes !== true && !(await isTyped("merge", output.isJson, signal))) {
    throw new CliError("NOT_CONFIRMED", "the merge was not confirmed; nothing is changed");
  }
  const { confirmation } = preview;
  const body = { ...selection, confirmation, reason: options.reason };
  const answer = await site.ask("POST", `${pathOf(name)}/merge`, body, signal);
  const record = mergeRecordSchema.parse(answer);
  output.json(answer);
  output.line(
    `Merged at ${record.primary}: ${record.inserted} inserted, ${record.replaced} replaced, ${record.durability}; audit trail ${record.id}`,
  );
}

interface RowName {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
}

function selectionOf({ rows, takeOld }: MergeOptions): {
  rows: "all" | readonly RowName[];
  replace: readonly RowName[];
} {
  const named = rows.map(parseRow);
  const replace = takeOld.map(parseRow);
  // Rows to be replaced alone are a selection too: nothing else is merged along with them.
  const isAll = named.length === 0 && replace.length === 0;
  return { rows: isAll ? "all" : named, replace };
}

/** `portal.call_notes:note_id=0193…`, several columns joined by commas. Errors: BAD_ARGUMENT. */
export function parseRow(text: string): RowName {
  const parts = /^([^:=,]+\.[^:=,]+):(.+)$/.exec(text);
  const pairs = (parts?.[2] ?? "").split(",").map((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? null : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  if (parts === null || pairs.includes(null)) {
    throw new CliError("BAD_ARGUMENT", `${text} is not <schema.table>:<column>=<value>`);
  }
  return { table: parts[1] ?? "", key: Object.fromEntries(pairs.filter((pair) => pair !== null)) };
}
