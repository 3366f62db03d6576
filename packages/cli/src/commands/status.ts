import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";
import { labTable, showLab } from "./lab-view.ts";

const watchEachMs = 1000;

/** `careline status`. */
export const statusCommand: CommandDefinition = {
  name: "status",
  summary: "show sites, roles, term, lag, and whether writes are protected",
  example: "./careline status\n./careline status --watch\n./careline status --json | jq .protected",
  declare: (command, context) => {
    command
      .option("--watch", "again each second")
      .action((options: { watch?: boolean }) => status(options.watch === true, context));
  },
};

async function status(isWatching: boolean, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const layout = await openLab();
  const { readLabStatus } = await import("@careline/lab");
  for (;;) {
    const lab = await readLabStatus(layout, signal);
    if (lab === null) throw new CliError("NOT_RUNNING", "the lab does not run");
    if (!isWatching) {
      await showLab(layout, lab, context);
      return;
    }
    output.redraw(labTable(lab));
    await clock.sleep(watchEachMs, signal);
  }
}
