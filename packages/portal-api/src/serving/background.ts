import type { Tx } from "../database/index.ts";
import type { WorkContext } from "./context.ts";

export interface BackgroundWork {
  /** Action of the audit row, e.g. `call_offer_expire`. */
  readonly action: string;
  readonly durability: "geo" | "local";
}

/** How loops write: the same one commit as a request, with permit, term and audit row, as the actor `system`. */
export interface BackgroundWrites {
  /**
   * Runs `run` in one transaction and commits it; events and effects leave after the commit and only while the permit holds.
   * Errors: WRITES_PAUSED without a permit (nothing ran), OUTCOME_UNKNOWN when the permit ran out around the commit.
   * An abort before COMMIT rolls back; after it the rows may stay.
   */
  write<T>(
    work: BackgroundWork,
    run: (ctx: WorkContext) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /**
   * Reads as `system` in a read-only transaction that leaves no audit row: for loops that look whether there is work.
   * Needs a permit like `write`. Errors: WRITES_PAUSED.
   */
  read<T>(run: (tx: Tx) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A loop of a domain: runs until `signal` aborts. It ends by returning; throwing ends the process. */
export interface BackgroundLoop {
  readonly name: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}
