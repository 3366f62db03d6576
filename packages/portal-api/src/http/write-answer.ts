import type { ServerResponse } from "node:http";
import { type PortalError, problemDocument, problemHeaders } from "../problems/index.ts";
import { type Finish, type Outgoing, portalErrorFrom } from "../serving/index.ts";

const utf8 = new TextEncoder();

/** On every answer of the API. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** For answers that are data and never a page. */
const dataHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

export function problemOutgoing(error: PortalError, requestId: string): Outgoing {
  const problem = problemDocument(error, requestId);
  return {
    status: problem.status,
    headers: problemHeaders(error, problem.status),
    body: utf8.encode(JSON.stringify(problem)),
  };
}

/**
 * Takes the last step of an answer and writes its bytes: nothing awaits between the check inside `finish` and the socket
 * (continuity.md, invariant 1). A client that left gets nothing.
 */
export function writeAnswer(
  response: ServerResponse,
  finish: Finish,
  requestId: string,
  common: Readonly<Record<string, string>>,
): Outgoing {
  let outgoing: Outgoing;
  try {
    outgoing = finish();
  } catch (thrown) {
    outgoing = problemOutgoing(portalErrorFrom(thrown), requestId);
  }
  writeOutgoing(response, outgoing, common);
  return outgoing;
}

export function writeOutgoing(
  response: ServerResponse,
  outgoing: Outgoing,
  common: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const length = outgoing.body?.length ?? 0;
  const headers: Record<string, string | string[]> = {
    ...securityHeaders,
    ...dataHeaders,
    ...common,
  };
  for (const [name, value] of Object.entries(outgoing.headers)) {
    headers[name] = typeof value === "string" ? value : [...value];
  }
  if (outgoing.status !== 204) headers["content-length"] = String(length);
  response.writeHead(outgoing.status, headers);
  response.end(outgoing.body ?? undefined);
}
