import type { CommandDefinition } from "../program.ts";
import { automationCommand } from "./automation.ts";
import { downCommand } from "./down.ts";
import { drillCommand } from "./drill.ts";
import { explainCommand } from "./explain.ts";
import { failoverCommand } from "./failover.ts";
import { forceQuorumCommand } from "./force-quorum.ts";
import { labCommand } from "./lab.ts";
import { logsCommand } from "./logs.ts";
import { runsCommand } from "./runs.ts";
import { salvageCommand } from "./salvage.ts";
import { simCommand } from "./sim.ts";
import { statusCommand } from "./status.ts";
import { failbackCommand, switchoverCommand } from "./switchover.ts";
import { testCommand } from "./test.ts";
import { trustCommand } from "./trust.ts";
import { upCommand } from "./up.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  upCommand,
  statusCommand,
  downCommand,
  logsCommand,
  trustCommand,
  switchoverCommand,
  failoverCommand,
  failbackCommand,
  forceQuorumCommand,
  automationCommand,
  runsCommand,
  salvageCommand,
  explainCommand,
  drillCommand,
  simCommand,
  testCommand,
  labCommand,
];
