import type { CommandDefinition } from "../program.ts";
import { downCommand } from "./down.ts";
import { labCommand } from "./lab.ts";
import { logsCommand } from "./logs.ts";
import { statusCommand } from "./status.ts";
import { trustCommand } from "./trust.ts";
import { upCommand } from "./up.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  upCommand,
  statusCommand,
  downCommand,
  logsCommand,
  trustCommand,
  labCommand,
];
