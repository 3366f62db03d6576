import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import { connectAs, statusText, systemStatusSchema, withOperator } from "../operator/index.ts";
import type { CommandDefinition } from "../program.ts";
import { labTable } from "./lab-view.ts";

interface StatusOptions {
  readonly watch?: boolean;
  readonly processes?: boolean;
  readonly as: string;
}

const watchEachMs = 1000;

/** `careline status`: from any controller that answers. */
export const statusCommand: CommandDefinition = {
  name: "status",
  summary: "show sites, roles, term, lag, and whether writes are protected",
  example:
    "./careline status\n./careline status --watch\n./careline status --processes\n./careline status --json | jq .protected",
  declare: (command, context) => {
    withOperator(command, "vera")
      .option("--watch", "again each second")
      .option("--processes", "show the lab's processes too")
      .action((options: StatusOptions) => status(options, context));
  },
};

async function status(options: StatusOptions, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const controllers = connectAs(options.as, context);
  for (;;) {
    const answer = await controllers.get("/v1/status", signal).catch((thrown: unknown) => {
      const isSilent = thrown instanceof CliError && thrown.code === "NO_CONTROLLER";
      if (options.watch === true && isSilent) return null;
      throw thrown;
    });
    output.json(answer);
    const text = answer === null ? "no controller answers" : statusText(parse(answer));
    const processes = options.processes === true ? `\n\n${await processTable(signal)}` : "";
    if (options.watch !== true) {
      output.line(text + processes);
      return;
    }
    output.redraw(`${clock.wallNow().toISOString()}\n${text}${processes}`);
    await clock.sleep(watchEachMs, signal);
  }
}

function parse(answer: unknown): ReturnType<typeof systemStatusSchema.parse> {
  return systemStatusSchema.parse(answer);
}

async function processTable(signal: AbortSignal): Promise<string> {
  const { labMemoryBytes, readLabStatus } = await import("@careline/lab");
  const layout = await openLab();
  const lab = await readLabStatus(layout, signal);
  return lab === null ? "the lab does not run" : labTable(lab, labMemoryBytes(layout));
}
