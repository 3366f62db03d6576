import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock, systemRandom } from "@careline/platform";
import postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { PostgresCopies, PostgresServer, PostgresSql } from "../postgres/index.ts";

const never = new AbortController().signal;

/** One region's server with everything that the keeper and the controller do to it. */
export class RegionServer {
  readonly config: PostgresConfig;
  readonly server: PostgresServer;
  readonly sql: PostgresSql;
  readonly copies: PostgresCopies;
  exits = 0;

  constructor(config: PostgresConfig) {
    this.config = config;
    this.server = new PostgresServer(config, systemClock, () => {
      this.exits += 1;
    });
    this.sql = new PostgresSql(config, systemClock);
    this.copies = new PostgresCopies(config, systemClock, systemRandom);
  }

  async end(): Promise<void> {
    await this.sql.close();
    await this.server.stop("immediate", never);
  }

  /** Runs `work` on a connection of its own to `careline`, as the superuser. */
  async with<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    return withSocket(this.config, work);
  }
}

export async function withSocket<T>(
  config: PostgresConfig,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres({
    path: `${config.socketDir}/.s.PGSQL.${config.listen.port}`,
    username: "postgres",
    database: "careline",
    max: 1,
    onnotice: () => undefined,
  });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The portal's own schema, by the portal's own program: its audit rules are what a merge has to obey. */
export async function migratePortal(
  config: PostgresConfig,
  site: "east" | "west",
  dir: string,
): Promise<void> {
  const file = join(dir, `migrate-${site}.json`);
  const database = {
    host: "127.0.0.1",
    port: config.listen.port,
    user: "careline_owner",
    passwordFile: config.ownerPasswordFile,
    ca: config.serverTls.ca,
  };
  writeFileSync(file, JSON.stringify({ site, database }));
  const main = join(import.meta.dirname, "..", "..", "..", "portal-api", "src", "migrate.ts");
  await promisify(execFile)(process.execPath, [main, "--config", file]);
}
