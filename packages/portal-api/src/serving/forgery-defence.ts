import type { IncomingHttpHeaders } from "node:http";
import { headerNames } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";

/**
 * Refuses unsafe requests that another site's page may have caused: the browser must say that the page is ours (Sec-Fetch-Site, or
 * Origin where that is absent), and a header that a form cannot send must be there. Errors: CSRF_REFUSED.
 */
export function refuseForgery(headers: IncomingHttpHeaders, ownOrigins: readonly string[]): void {
  const client = headers[headerNames.client];
  if (typeof client !== "string" || client === "") throw refused("no Careline-Client header");
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") throw refused("another site's page");
  const { origin } = headers;
  if (origin !== undefined && !ownOrigins.includes(origin)) throw refused("another origin");
  if (origin === undefined && site === undefined)
    throw refused("neither Origin nor Sec-Fetch-Site");
}

function refused(why: string): PortalError {
  return new PortalError("CSRF_REFUSED", why);
}
