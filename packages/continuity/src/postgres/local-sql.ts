import { join } from "node:path";
import type { Clock } from "@careline/platform";
import postgres from "postgres";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";

export type Sql = postgres.Sql;

/** A few connections to this region's server over its socket, as the superuser that only this account may be. */
export class LocalSql {
  readonly #config: PostgresConfig;
  readonly #clock: Clock;
  readonly #database: string;
  #sql: Sql | null = null;

  constructor(config: PostgresConfig, clock: Clock, database = "postgres") {
    this.#config = config;
    this.#clock = clock;
    this.#database = database;
  }

  /**
   * Runs `work` within `withinMs`. A time-out drops the connections: what was sent may still be
   * executed. Errors: DATABASE_DOWN.
   */
  async run<T>(withinMs: number, signal: AbortSignal, work: (sql: Sql) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const sql = this.#open();
    const limit = AbortSignal.any([signal, this.#clock.deadline(withinMs)]);
    let onAbort: (() => void) | undefined;
    try {
      return await Promise.race([
        work(sql),
        new Promise<never>((_, reject) => {
          onAbort = () => reject(limit.reason as Error);
          limit.addEventListener("abort", onAbort, { once: true });
        }),
      ]);
    } catch (cause) {
      if (limit.aborted || isConnectionError(cause)) await this.close();
      signal.throwIfAborted();
      throw new ContinuityError("DATABASE_DOWN", "the local database did not do it", { cause });
    } finally {
      if (onAbort !== undefined) limit.removeEventListener("abort", onAbort);
    }
  }

  async close(): Promise<void> {
    const sql = this.#sql;
    this.#sql = null;
    await sql?.end({ timeout: 0 }).catch(() => undefined);
  }

  #open(): Sql {
    this.#sql ??= postgres({
      path: join(this.#config.socketDir, `.s.PGSQL.${this.#config.listen.port}`),
      database: this.#database,
      username: "postgres",
      max: 3,
      idle_timeout: 0,
      max_lifetime: null,
      connect_timeout: 2,
      prepare: false,
      onnotice: () => undefined,
      connection: { application_name: "careline_continuity" },
    });
    return this.#sql;
  }
}

function isConnectionError(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return /^(ECONN|ENOENT|EPIPE|CONNECT|CONNECTION|57P0)/.test(code);
}
