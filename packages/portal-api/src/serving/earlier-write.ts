import type { IncomingHttpHeaders } from "node:http";
import { headerNames, parsePosition } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";

/**
 * A client whose earlier write of the same record is acknowledged but not yet confirmed names its position in `Careline-After`. If the
 * term moved on, that write may have been left behind and its replay must come first, or the older text would land on the newer one.
 * Errors: TERM_CHANGED (nothing was done), REQUEST_INVALID.
 */
export function refuseAfterOlderTerm(headers: IncomingHttpHeaders, term: number): void {
  const text = headers[headerNames.after];
  if (text === undefined) return;
  const position = parsePosition(String(text));
  if (position === null) {
    throw new PortalError("REQUEST_INVALID", "Careline-After is no position <term>/<lsn>");
  }
  if (position.term !== term) {
    throw new PortalError("TERM_CHANGED", "the earlier write belongs to another term");
  }
}
