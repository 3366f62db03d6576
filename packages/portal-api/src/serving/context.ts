import type { Permission, Role, RouteDefinition, Site } from "@careline/portal-contract";
import type { AuditEntry } from "../audit/index.ts";
import type { Tx } from "../database/index.ts";
import type { OutgoingEvent } from "../event-stream/index.ts";

/** The signed-in person behind a request. */
export interface Session {
  readonly sessionId: string;
  readonly agentId: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly teamId: string | null;
  readonly programmeIds: readonly string[];
  readonly displayName: string;
}

/** What runs inside one transaction has, whether a request or a background loop began it. */
export interface WorkContext {
  /**
   * The transaction: ``await ctx.tx<Row[]>`select … ${value}` ``. Row-level security, term, durability and time-outs
   * are set. Statements that are not awaited one by one travel together.
   */
  readonly tx: Tx;
  /** Instant of the request or of the loop's turn; use it for every time column of this unit of work. */
  readonly now: Date;
  readonly site: Site;
  /** Aborts when the client left, the time is up or the process stops. An abort rolls the transaction back unless COMMIT was sent. */
  readonly signal: AbortSignal;
  /**
   * Adds to the audit rows written in this transaction. The route's action, the person, address, session and
   * status are filled in. Call it once per record touched; without a call one row with the action alone is written.
   */
  audit(entry: AuditEntry): void;
  /** Sends an event to the screens of those in `audience`, after the commit and only while the permit holds. */
  publish(event: OutgoingEvent): void;
  /**
   * Runs after the commit and only while the permit holds, before the answer: an effect that leaves the region (a command
   * to the carrier). It must be repeatable: a crash may lose it, so a loop makes it again from the rows. Failures are logged.
   */
  afterCommit(effect: (signal: AbortSignal) => Promise<void>): void;
}

/** A `Session` on routes of signed-in people, null on all others; either where the route is not known to the types. */
export type SessionFor<R extends RouteDefinition> = R["access"]["kind"] extends "session"
  ? Session
  : "session" extends R["access"]["kind"]
    ? Session | null
    : null;

/** What a handler of a route has. */
export interface RequestContext<R extends RouteDefinition = RouteDefinition> extends WorkContext {
  readonly session: SessionFor<R>;
  /** `locked` only on routes that a locked session may call; `active` without a session. */
  readonly sessionState: "active" | "locked";
  /** Name of the session in the cache; null without a session. */
  readonly cacheKey: string | null;
  /** From here on the audit rows name this person: sign-in alone learns late who is acting. */
  actAs(person: { readonly agentId: string; readonly sessionId: string }): void;
  readonly requestId: string;
  /** When the person did it, as their browser says (Careline-Occurred-At); null when not sent. Bound it by server evidence. */
  readonly occurredAt: Date | null;
  /** From If-Match; a number on routes with `ifMatch`, else null. Compare it, and throw `staleVersion(expected, current)`. */
  readonly expectedVersion: R["ifMatch"] extends true ? number : number | null;
  /** Set while no region is writable and the answer comes from the local copy: `select` only. */
  readonly emergency: { readonly dataAgeMs: number } | null;
  /** The body as received and the headers in lower case; only on `signed` routes, for verifying signatures. */
  readonly signed: {
    readonly rawBody: Uint8Array;
    readonly headers: ReadonlyMap<string, string>;
  } | null;
}
