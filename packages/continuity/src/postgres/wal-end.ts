import { type Lsn, lsnBytes, lsnFromBytes } from "@careline/continuity-core";
import type { Clock } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { runCommand } from "./command.ts";
import type { ControlData } from "./control-data.ts";
import { segmentsFrom } from "./wal-segments.ts";

/**
 * Where the log of a server that is down ends. A clean stop ends with its checkpoint's record, whose
 * first byte a follower must have; after a crash pg_waldump reads on from the last checkpoint until the
 * first record that is not whole. Null: not found.
 */
export async function findWalEnd(
  config: Pick<PostgresConfig, "binDir" | "dataDir">,
  control: ControlData,
  clock: Clock,
  signal: AbortSignal,
): Promise<Lsn | null> {
  if (control.state === "shut down") return lsnFromBytes(lsnBytes(control.checkpointLsn) + 1);
  const walDir = `${config.dataDir}/pg_wal`;
  const result = await runCommand(
    {
      command: `${config.binDir}/pg_waldump`,
      args: [
        ...["--quiet", "--path", walDir],
        ...["--timeline", String(control.timeline), "--start", control.redoLsn],
        ...segmentsFrom(walDir, control.timeline, control.redoLsn),
      ],
      withinMs: 120_000,
      clock,
    },
    signal,
  );
  const invalid =
    /error in WAL record at ([0-9A-F]+\/[0-9A-F]+): .* at ([0-9A-F]+\/[0-9A-F]+)/.exec(
      result.output,
    );
  if (invalid?.[2] !== undefined) return invalid[2];
  const missing = /error in WAL record at ([0-9A-F]+\/[0-9A-F]+)/.exec(result.output);
  return missing?.[1] ?? null;
}
