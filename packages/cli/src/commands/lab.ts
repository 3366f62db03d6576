import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";
import { declareLabCode } from "./lab-code.ts";
import { declareLabFault } from "./lab-fault.ts";
import { declareLabWan } from "./lab-wan.ts";

/** `careline lab …`: what exists only because both regions run on one machine. */
export const labCommand: CommandDefinition = {
  name: "lab",
  summary: "links, faults and one-time codes of the lab",
  example:
    "./careline lab wan set east west --latency 80\n./careline lab fault stop-site east\n./careline lab code agent001",
  declare: (command: Command, context: CommandContext) => {
    declareLabWan(command, context);
    declareLabFault(command, context);
    declareLabCode(command, context);
  },
};
