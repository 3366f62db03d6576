import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { commands } from "./commands/index.ts";

/** One command of `careline`: how it is declared, and an example for its help. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Shown below the options; lines of a shell. */
  readonly example: string;
  /** Arguments, options and action. `command` has its name and summary already. */
  readonly declare: (command: Command, context: CommandContext) => void;
}

/** The whole command line. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command("careline")
    .description("A call-centre portal that survives the loss of a region.")
    .exitOverride()
    .showHelpAfterError("(add --help for what it takes)")
    .configureHelp({ showGlobalOptions: false });
  for (const definition of commands) {
    const command = program.command(definition.name).description(definition.summary);
    definition.declare(command, context);
    command.addHelpText("after", `\nExample:\n${indent(definition.example)}`);
    finish(command);
  }
  program.addHelpText("after", "\nExample:\n  ./careline up\n");
  return program;
}

/** What all commands have, however deep they are nested. */
function finish(command: Command): void {
  command.exitOverride();
  if (!command.options.some(({ long }) => long === "--json")) {
    command.option("--json", "results as JSON on standard output");
  }
  for (const nested of command.commands) finish(nested);
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
