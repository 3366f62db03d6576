import type { Clock } from "@careline/platform";
import type { Term } from "@careline/portal-contract";
import type { Database } from "../database/index.ts";
import { selectTerms } from "./select-terms.ts";

/** The refusal goes out without the list rather than late. */
const readWithinMs = 500;

/**
 * The list of terms for clients that come from an earlier one, all at once when a region was promoted: read once for each term of this
 * process, because only a promotion adds to it.
 */
export class TermList {
  readonly #database: Database;
  readonly #clock: Clock;
  #known: { readonly term: number; readonly list: Promise<readonly Term[] | null> } | null = null;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The list whose newest term is `term`; null while the database does not say so. */
  async of(term: number): Promise<readonly Term[] | null> {
    if (this.#known?.term !== term) this.#known = { term, list: this.#read(term) };
    const { list } = this.#known;
    const terms = await list;
    if (terms === null && this.#known.list === list) this.#known = null;
    return terms;
  }

  async #read(term: number): Promise<readonly Term[] | null> {
    const limit = this.#clock.deadline(readWithinMs);
    try {
      const terms = await this.#database.withConnection(
        async (connection) => selectTerms(connection.sql),
        limit,
      );
      return terms.at(-1)?.term === term ? terms : null;
    } catch {
      // The next client asks again, and `GET /terms` says what is wrong.
      return null;
    }
  }
}
