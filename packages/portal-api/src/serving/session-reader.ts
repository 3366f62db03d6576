import type { IncomingHttpHeaders } from "node:http";
import type { Tx } from "../database/index.ts";
import type { Session } from "./context.ts";

/** A session as found for one request. */
export interface KnownSession {
  readonly session: Session;
  readonly state: "active" | "locked";
  /** Whether PostgreSQL should hear of this activity in the request's own transaction. */
  readonly isActivityDue: boolean;
  /** Names the session in the cache; lower-case hex. */
  readonly cacheKey: string;
}

/** How the serving path learns who is calling; `identity` implements it. */
export interface SessionReader {
  /**
   * The session of the request's cookie. `isEmergency`: ask the local PostgreSQL, not the cache.
   * Errors: SESSION_REQUIRED without a session, SESSION_ENDED after its end.
   */
  find(
    headers: IncomingHttpHeaders,
    now: Date,
    isEmergency: boolean,
    signal: AbortSignal,
  ): Promise<KnownSession>;
  /** Tells the cache of activity; never waits for it. */
  noteActivity(known: KnownSession, now: Date): void;
  /** Sends the statement that tells PostgreSQL, in the transaction of the request. */
  keepActivity(tx: Tx, known: KnownSession, now: Date): PromiseLike<unknown>;
}
