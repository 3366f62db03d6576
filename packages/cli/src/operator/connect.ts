import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type CommandContext, rootDir, stateDirChoice } from "../command-context.ts";
import { type Controllers, connectControllers } from "./controllers.ts";
import { readOperatorConfig } from "./operator-config.ts";

/** Adds `--as <operator>`: whose certificate is shown. In the lab there are vera, otto, ada and abel. */
export function withOperator(command: Command, usual: string): Command {
  return command.option("--as <operator>", "whose certificate to show", usual);
}

/** The controllers, as the operator of that name. Errors: NEVER_STARTED, BAD_ARGUMENT. */
export function connectAs(name: string, { clock }: CommandContext): Controllers {
  return connectControllers(readOperatorConfig(rootDir(), stateDirChoice(), name), clock);
}

/** Parses `<region>`. Errors: BAD_ARGUMENT, before anything is asked or shown. */
export function regionArgument(text: string): "east" | "west" {
  if (text === "east" || text === "west") return text;
  throw new CliError("BAD_ARGUMENT", `a region is east or west, not ${text}`);
}
