import { type CommandContext, openLab } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";

/** `careline down`: stops everything in order; with `--wipe` also forgets all data. */
export const downCommand: CommandDefinition = {
  name: "down",
  summary: "stop everything in order; --wipe also removes all data, secrets and certificates",
  example: "./careline down\n./careline down --wipe",
  declare: (command, context) => {
    command
      .option("--wipe", "remove .careline/state as well")
      .action((options: { wipe?: boolean }) => down(options.wipe === true, context));
  },
};

async function down(isWipe: boolean, { clock, output, signal }: CommandContext): Promise<void> {
  const layout = await openLab();
  const { stopLab, wipeLab } = await import("@careline/lab");
  const wasRunning = await stopLab(layout, clock, (text) => output.progress(text), signal);
  if (isWipe) wipeLab(layout);
  output.json({ wasRunning, isWiped: isWipe });
  output.line(
    wasRunning ? "Stopped; nothing of the lab runs any more." : "The lab was not running.",
  );
  if (isWipe) output.line(`Removed ${layout.stateDir}.`);
}
