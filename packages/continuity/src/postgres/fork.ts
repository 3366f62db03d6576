import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { runOrFail } from "./command.ts";
import { upstreamConninfo } from "./configuration.ts";
import { layoutOf } from "./layout.ts";

/**
 * Where the other region's timeline left the one that this directory wrote on, as the other region's own history tells; null: unknown.
 * After a forced failover nothing else knows it: the receiver went on until the gate opened.
 */
export async function forkFromUpstream(
  config: PostgresConfig,
  timelines: { readonly own: number; readonly source: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  if (timelines.source <= timelines.own) return null;
  let history: string;
  try {
    history = await runOrFail(
      {
        command: `${config.binDir}/psql`,
        args: [
          "-XAtq",
          ...["-d", upstreamConninfo(config, { replication: "true", application_name: "fork" })],
          ...["-c", `TIMELINE_HISTORY ${timelines.source}`],
        ],
        env: { PGPASSFILE: layoutOf(config).passFile },
        withinMs: 10_000,
        clock,
      },
      signal,
    );
  } catch {
    signal.throwIfAborted();
    return null;
  }
  // One line per ancestor, `<timeline>\t<where it was left>\t<why>`; the file's name comes before the first.
  const line = new RegExp(`(?:^|\\|)${timelines.own}\\t([0-9A-F]+/[0-9A-F]+)\\t`, "m");
  return line.exec(history)?.[1] ?? null;
}

/** The newest timeline of which a directory has log: the one that it wrote on. */
export async function timelineOf(directory: string): Promise<number | null> {
  const names = (await readdir(join(directory, "pg_wal"))).filter((name) =>
    /^[0-9A-F]{24}$/.test(name),
  );
  const timelines = names.map((name) => Number.parseInt(name.slice(0, 8), 16));
  return timelines.length === 0 ? null : Math.max(...timelines);
}
