import { readFileSync } from "node:fs";
import { type Clock, readSecret } from "@careline/platform";
import type { PortalConfig } from "../config.ts";
import { Connection, type ConnectionTarget } from "./connection.ts";
import { Pool } from "./pool.ts";
import { Transaction, type TransactionSettings } from "./transaction.ts";

/** Most requests that may wait for a connection, per connection of the pool. */
const waitersPerConnection = 32;

/** The region's own PostgreSQL. */
export class Database {
  readonly pool: Pool;
  readonly statementTimeoutMs: number;

  constructor(config: PortalConfig["database"], clock: Clock) {
    const target: ConnectionTarget = {
      host: config.host,
      port: config.port,
      serverName: config.serverName ?? config.host,
      database: config.database,
      user: config.user,
      password: readSecret(config.passwordFile),
      ca: readFileSync(config.ca),
      connectTimeoutMs: config.connectTimeoutMs,
    };
    this.statementTimeoutMs = config.statementTimeoutMs;
    this.pool = new Pool({
      size: config.poolSize,
      waitMs: config.poolWaitMs,
      waitersMax: config.poolSize * waitersPerConnection,
      open: async (signal) => Connection.open(target, clock, signal),
      clock,
    });
  }

  /**
   * Runs `work` on a connection of the pool; cancels what it does when `signal` aborts.
   * Errors: those of Pool.acquire and of `work`.
   */
  async withConnection<T>(
    work: (connection: Connection) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const connection = await this.pool.acquire(signal);
    try {
      return await connection.guard(work(connection), signal);
    } finally {
      this.pool.release(connection);
    }
  }

  /**
   * Runs `work` inside a transaction and rolls back when it throws; `work` commits by itself.
   * An abort cancels the running statement; once COMMIT was sent, the rows may stay.
   */
  async withTransaction<T>(
    settings: TransactionSettings,
    work: (transaction: Transaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.withConnection(async (connection) => {
      const transaction = new Transaction(connection, settings);
      try {
        return await work(transaction);
      } finally {
        await transaction.rollback();
      }
    }, signal);
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
