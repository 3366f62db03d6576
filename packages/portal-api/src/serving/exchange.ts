import type { IncomingHttpHeaders } from "node:http";
import type { RouteDefinition } from "@careline/portal-contract";
import type { RegisteredHandler } from "./handle.ts";

/** One request as the serving path sees it, whatever the HTTP server. */
export interface Incoming {
  readonly operation: string;
  readonly handler: RegisteredHandler;
  readonly route: RouteDefinition;
  readonly requestId: string;
  readonly now: Date;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly ipAddress: string;
  readonly userAgent: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly query: unknown;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  readonly rawBody: Uint8Array | null;
  /** Aborts when the client left, the time is up or the process stops. */
  readonly signal: AbortSignal;
}

/** What goes to the socket. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | null;
}

/**
 * The last step of an answer: synchronous, called when nothing remains but to write the bytes. An acknowledged write checks its
 * permit in here (continuity.md, invariant 1) and may turn into OUTCOME_UNKNOWN by throwing.
 */
export type Finish = () => Outgoing;
