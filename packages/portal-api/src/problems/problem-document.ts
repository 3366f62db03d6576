import { isProblemCode, type Problem, problems } from "@careline/portal-contract";
import type { PortalError } from "./portal-error.ts";

/** RFC 9457 document of an error. Holds the code, ids and numbers; the message and the cause stay inside. */
export function problemDocument(error: PortalError, requestId: string): Problem {
  const code = isProblemCode(error.code) ? error.code : "INTERNAL";
  const { status, retryable, remedy } = problems[code];
  const { fields, versions, reason, terms } = error.options;
  return {
    type: `urn:careline:problem:${code.toLowerCase().replaceAll("_", "-")}`,
    title: remedy,
    status,
    code,
    instance: `urn:uuid:${requestId}`,
    retryable,
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(versions === undefined
      ? {}
      : { yourVersion: versions.yours, currentVersion: versions.current }),
    ...(reason === undefined ? {} : { reason }),
    ...(terms === undefined ? {} : { terms: [...terms] }),
  };
}

/** Headers that belong to a problem: Retry-After on 503 and 429, Allow on 405. */
export function problemHeaders(error: PortalError, status: number): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 503 || status === 429) {
    headers["retry-after"] = String(error.options.retryAfterSeconds ?? 1);
  }
  if (error.options.allow !== undefined) headers.allow = error.options.allow.join(", ");
  return headers;
}
