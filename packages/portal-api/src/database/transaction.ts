import { invariant } from "@careline/platform";
import { PortalError } from "../problems/index.ts";
import type { Connection } from "./connection.ts";
import type { Tx } from "./tx.ts";

/** The settings of one transaction: what row-level security, the term check and the server's limits read. */
export interface TransactionSettings {
  readonly agentId: string | null;
  readonly role: string | null;
  readonly teamId: string | null;
  readonly programmeIds: readonly string[];
  readonly permissions: readonly string[];
  readonly sessionId: string | null;
  readonly site: string;
  /** Null in an emergency read: nothing may be written. */
  readonly term: number | null;
  /** `on` waits for the standby when continuity demands one; `local` for this server's disk. */
  readonly synchronousCommit: "on" | "local";
  readonly statementTimeoutMs: number;
}

/** How a COMMIT ended. */
export interface CommitOutcome {
  /** What the log had flushed when COMMIT had returned: at or after the end of the commit's own record. */
  readonly lsn: string;
  /** True when the server warned, e.g. because the wait for the standby was cancelled: then only this region has it for sure. */
  readonly warned: boolean;
}

/** Beyond the server's own time-out, so that a half-open connection is noticed. */
const silenceMs = 1_000;

/** A transaction on one connection. Statements sent without waiting travel in one flight. */
export class Transaction {
  readonly tx: Tx;
  readonly #connection: Connection;
  readonly #opened: Promise<unknown>;
  readonly #commitLimitMs: number;
  #state: "open" | "over" = "open";

  /** Sends BEGIN and the settings; what follows at once travels with them. */
  constructor(connection: Connection, settings: TransactionSettings) {
    this.#connection = connection;
    this.tx = connection.sql;
    this.#commitLimitMs = settings.statementTimeoutMs + silenceMs;
    connection.takeNotices();
    const begin = settings.term === null ? "begin read only" : "begin";
    this.#opened = Promise.all([
      connection.sql.unsafe(begin).execute(),
      sendSettings(this.tx, settings),
    ]);
    // Awaited by `opened`, `commit` or `rollback`; a failure must not end the process before.
    this.#opened.catch(() => {});
  }

  /** Resolves when BEGIN and the settings were answered. */
  async opened(): Promise<void> {
    await this.#opened;
  }

  /**
   * Sends `last` (statements that nothing waits for), COMMIT and the reading of the position in one flight.
   * Errors: the failed statement's own error (everything was rolled back), OUTCOME_UNKNOWN when the connection broke in between.
   */
  async commit(last: readonly PromiseLike<unknown>[] = []): Promise<CommitOutcome> {
    const stop = this.#beginCommit();
    try {
      const statements = Promise.allSettled([this.#opened, ...last]);
      const committing = this.tx.unsafe("commit").execute();
      const position = this.tx<
        { lsn: string }[]
      >`select pg_current_wal_flush_lsn()::text as lsn`.execute();
      position.catch(() => {});
      await this.#endOf(committing, statements);
      const warned = this.#connection.takeNotices().length > 0;
      const [row] = await position;
      invariant(row !== undefined, "a select without from answers one row");
      return { lsn: row.lsn, warned };
    } catch (thrown) {
      throw isServerError(thrown) || thrown instanceof PortalError
        ? thrown
        : unknownOutcome(thrown);
    } finally {
      stop();
    }
  }

  /** The same without a position: for reads, whose audit rows are all they leave. */
  async commitRead(last: readonly PromiseLike<unknown>[] = []): Promise<void> {
    const stop = this.#beginCommit();
    try {
      const statements = Promise.allSettled([this.#opened, ...last]);
      await this.#endOf(this.tx.unsafe("commit").execute(), statements);
    } finally {
      stop();
    }
  }

  #beginCommit(): () => void {
    invariant(this.#state === "open", "a transaction is committed once");
    this.#state = "over";
    return this.#connection.beginCommit(this.#commitLimitMs);
  }

  async #endOf(
    committing: PromiseLike<{ command?: string }>,
    statements: Promise<PromiseSettledResult<unknown>[]>,
  ): Promise<void> {
    const ended = await settle(committing);
    const failed = (await statements).find((result) => result.status === "rejected");
    if (ended.error !== undefined) throw commitFailure(ended.error, failed?.reason);
    if (failed !== undefined) throw failed.reason;
    // A transaction that had failed answers ROLLBACK to COMMIT, without an error.
    if (ended.command !== "COMMIT") throw new PortalError("CONFLICT", "the server rolled back");
  }

  /** Ends without a trace. A connection that cannot even roll back is destroyed. */
  async rollback(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "over";
    if (this.#connection.isOver) return;
    try {
      await this.tx.unsafe("rollback");
    } catch {
      this.#connection.destroy();
    }
  }
}

function sendSettings(tx: Tx, settings: TransactionSettings): PromiseLike<unknown> {
  return tx`
    select set_config('careline.agent_id', ${settings.agentId ?? ""}, true),
           set_config('careline.role', ${settings.role ?? ""}, true),
           set_config('careline.team_id', ${settings.teamId ?? ""}, true),
           set_config('careline.programme_ids', ${arrayLiteral(settings.programmeIds)}, true),
           set_config('careline.permissions', ${arrayLiteral(settings.permissions)}, true),
           set_config('careline.session_id', ${settings.sessionId ?? ""}, true),
           set_config('careline.region', ${settings.site}, true),
           set_config('careline.term', ${settings.term === null ? "" : String(settings.term)}, true),
           set_config('synchronous_commit', ${settings.synchronousCommit}, true),
           set_config('statement_timeout', ${String(settings.statementTimeoutMs)}, true)`.execute();
}

/** Ids and codes only, so nothing needs quoting. */
function arrayLiteral(values: readonly string[]): string {
  invariant(
    values.every((value) => /^[\w-]+$/.test(value)),
    "settings hold ids and codes",
  );
  return `{${values.join(",")}}`;
}

interface Ended {
  readonly command?: string;
  readonly error?: unknown;
}

async function settle(committing: PromiseLike<{ command?: string }>): Promise<Ended> {
  try {
    const result = await committing;
    return result.command === undefined ? {} : { command: result.command };
  } catch (error) {
    return { error };
  }
}

/** A server error at COMMIT rolled everything back; anything else leaves the outcome open. */
function commitFailure(error: unknown, earlier: unknown): unknown {
  if (isServerError(error) && !isShutdown(error)) return earlier ?? error;
  return unknownOutcome(error);
}

function unknownOutcome(cause: unknown): PortalError {
  return new PortalError("OUTCOME_UNKNOWN", "the connection broke around the commit", { cause });
}

/** Whether PostgreSQL itself answered with an error (five-character SQLSTATE). */
export function isServerError(thrown: unknown): thrown is Error & { readonly code: string } {
  return (
    thrown instanceof Error &&
    thrown.name === "PostgresError" &&
    "code" in thrown &&
    typeof thrown.code === "string"
  );
}

/** Class 57P: the server stops or crashed; a commit under way may have been kept. */
function isShutdown(error: { readonly code: string }): boolean {
  return error.code.startsWith("57P");
}
