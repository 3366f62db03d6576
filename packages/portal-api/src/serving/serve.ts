import { isWrite } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import { findCaller, isActivity, refuseUnauthorised } from "./admission.ts";
import { refuseAfterOlderTerm } from "./earlier-write.ts";
import { portalErrorFrom } from "./error-from-thrown.ts";
import type { Finish, Incoming } from "./exchange.ts";
import { parseInput } from "./parse-input.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { serveRead } from "./read-request.ts";
import { auditRefusal } from "./refusal-audit.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { KnownSession } from "./session-reader.ts";
import { serveWrite } from "./write-request.ts";

/** Serves a read from the local copy while no region is writable; `emergency-reads` implements it. */
export type EmergencyServer = (incoming: Incoming) => Promise<Finish>;

export interface ServeDeps extends ServingDeps {
  readonly limiter: RateLimiter;
  readonly serveEmergency: EmergencyServer;
}

/**
 * A request on its way: (permit) → session → permission → parse → the one transaction. Who may not call a route learns nothing of what it
 * takes. Answers the synchronous last step. Errors: always a PortalError; refusals of known people are in the audit trail by then.
 */
export async function serve(incoming: Incoming, deps: ServeDeps): Promise<Finish> {
  let known: KnownSession | null = null;
  try {
    const permit = deps.permit.current();
    if (permit === null) {
      if (!isWrite(incoming.route)) return await deps.serveEmergency(incoming);
      throw new PortalError("WRITES_PAUSED", "no permit is held", { reason: deps.permit.reason });
    }
    // Before the session is looked up and without the database: this meets every client at once when a region was promoted.
    if (isWrite(incoming.route)) await refuseEarly(incoming, permit.term, deps);
    known = await findCaller(incoming, deps.sessions, deps.publicOrigins, false);
    await deps.limiter.admit(incoming, known?.session.sessionId ?? null);
    if (known !== null) {
      refuseUnauthorised(incoming.route, known);
      if (isActivity(incoming)) deps.sessions.noteActivity(known, incoming.now);
    }
    const input = parseInput(incoming.route, incoming);
    return isWrite(incoming.route)
      ? await serveWrite(incoming, input, known, deps)
      : await serveRead(incoming, input, known, permit.term, deps);
  } catch (thrown) {
    incoming.signal.throwIfAborted();
    const error = portalErrorFrom(thrown);
    await auditRefusal(incoming, known, error, deps);
    throw error;
  }
}

/** Errors: TERM_CHANGED with the list of terms, which saves the client a request; REQUEST_INVALID. */
async function refuseEarly(incoming: Incoming, term: number, deps: ServeDeps): Promise<void> {
  try {
    refuseAfterOlderTerm(incoming.headers, term);
  } catch (thrown) {
    if (!(thrown instanceof PortalError) || thrown.code !== "TERM_CHANGED") throw thrown;
    const terms = await deps.terms.of(term);
    if (terms === null) throw thrown;
    throw new PortalError("TERM_CHANGED", thrown.message, { terms });
  }
}
