import type { Clock } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { runOrFail } from "./command.ts";

/** What pg_controldata says of a data directory; exact only while the server is down. */
export interface ControlData {
  /** `shut down` after a clean stop of a primary, `shut down in recovery` of a standby. */
  readonly state: string;
  readonly systemId: string;
  readonly checkpointLsn: string;
  /** Where recovery would begin. */
  readonly redoLsn: string;
  readonly timeline: number;
  /** A standby's: it must replay at least to here before it may be opened. */
  readonly minRecoveryLsn: string;
}

export async function readControlData(
  config: PostgresConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<ControlData> {
  const output = await runOrFail(
    {
      command: `${config.binDir}/pg_controldata`,
      args: ["-D", config.dataDir],
      withinMs: 5_000,
      clock,
    },
    signal,
  );
  const lines = new Map<string, string>();
  for (const line of output.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) lines.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const value = (name: string): string => {
    const found = lines.get(name);
    if (found === undefined) {
      throw new ContinuityError("COMMAND_FAILED", `pg_controldata does not say "${name}"`);
    }
    return found;
  };
  return {
    state: value("Database cluster state"),
    systemId: value("Database system identifier"),
    checkpointLsn: value("Latest checkpoint location"),
    redoLsn: value("Latest checkpoint's REDO location"),
    timeline: Number(value("Latest checkpoint's TimeLineID")),
    minRecoveryLsn: value("Minimum recovery ending location"),
  };
}
