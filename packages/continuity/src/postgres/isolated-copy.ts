import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { commandEnv } from "./command.ts";

const OPEN_WITHIN_MS = 120_000;

/** A copy's own server, which nobody else can reach. */
export interface IsolatedServer {
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

/**
 * Opens a quarantined copy read-only on a socket of its own. Two at once on one copy: the second fails.
 * Errors: DATABASE_START_FAILED.
 */
export async function openIsolated(
  config: PostgresConfig,
  copy: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<IsolatedServer> {
  const dir = mkdtempSync(join(tmpdir(), "careline-quarantine-"));
  const hba = join(dir, "pg_hba.conf");
  const own = join(dir, "postgresql.conf");
  writeFileSync(hba, "local all postgres trust\n", { mode: 0o600 });
  writeFileSync(
    own,
    [
      `hba_file = '${hba}'`,
      "listen_addresses = ''",
      `unix_socket_directories = '${dir}'`,
      "unix_socket_permissions = 0700",
      "default_transaction_read_only = on",
      "autovacuum = off",
      "shared_buffers = 16MB",
      "wal_level = replica",
      "archive_mode = off",
      "track_commit_timestamp = on",
      "max_connections = 200",
      "max_wal_senders = 8",
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  const child = spawn(
    `${config.binDir}/postgres`,
    ["-D", copy, "-c", `config_file=${own}`, "-c", `data_directory=${copy}`],
    { env: { PATH: process.env.PATH ?? "", ...commandEnv }, stdio: "ignore" },
  );
  const exited = once(child, "exit");
  const sql = postgres({
    path: join(dir, ".s.PGSQL.5432"),
    username: "postgres",
    database: "careline",
    max: 1,
    connect_timeout: 2,
    onnotice: () => undefined,
  });
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 1 }).catch(() => undefined);
    child.kill("SIGINT");
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  const deadline = clock.monotonicMs() + OPEN_WITHIN_MS;
  while (!isReady(copy, child.pid)) {
    if (child.exitCode !== null || clock.monotonicMs() > deadline || signal.aborted) {
      child.kill("SIGQUIT");
      await close();
      throw new ContinuityError("DATABASE_START_FAILED", "the quarantined copy does not open");
    }
    await clock.sleep(50);
  }
  return { sql, close };
}

/** The file may be an earlier server's: a killed one leaves it in the copy. */
function isReady(copy: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(copy, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}
