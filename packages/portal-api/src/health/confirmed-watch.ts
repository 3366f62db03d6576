import { type Clock, describeError, type Logger } from "@careline/platform";
import type { Database, Tx } from "../database/index.ts";

/** Between two looks at what the standby has flushed. One look costs about 0.1 ms of one connection. */
const lookEachMs = 200;
const lookLimitMs = 2_000;

export interface ConfirmedDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Look {
  readonly term: string | null;
  readonly lsn: string | null;
}

/**
 * Keeps the newest `Careline-Confirmed`: the term and what the standby has flushed of it, or `<term>/0/0` without a standby
 * (site-contracts.md, "Answers of the portal"). While the database is away the last one stays: what was flushed stays flushed.
 */
export class ConfirmedWatch {
  readonly #deps: ConfirmedDeps;
  readonly #listeners = new Set<(confirmed: string) => void>();
  #confirmed = "0/0/0";

  constructor(deps: ConfirmedDeps) {
    this.#deps = deps;
  }

  /** `<term>/<lsn>`; `0/0/0` before the first look. */
  get confirmed(): string {
    return this.#confirmed;
  }

  onMove(listener: (confirmed: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    while (!signal.aborted) {
      try {
        await this.#look(AbortSignal.any([signal, clock.deadline(lookLimitMs)]));
      } catch (thrown) {
        if (!signal.aborted)
          log.debug({ error: describeError(thrown) }, "the confirmed position was not read");
      }
      await clock.sleep(lookEachMs, signal).catch(() => {});
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const look = await this.#deps.database.withConnection(
      async (connection) => selectConfirmed(connection.sql),
      signal,
    );
    const confirmed = `${look?.term ?? 0}/${look?.lsn ?? "0/0"}`;
    if (confirmed === this.#confirmed) return;
    this.#confirmed = confirmed;
    for (const listener of this.#listeners) listener(confirmed);
  }
}

async function selectConfirmed(sql: Tx): Promise<Look | undefined> {
  const [row] = await sql<Look[]>`
    select (select term from continuity.terms order by term desc limit 1)::text as term,
           case when pg_is_in_recovery() then null else continuity.confirmed_lsn() end::text as lsn`;
  return row;
}
