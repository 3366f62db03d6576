import { headerNames, type RouteDefinition, statusOf } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import type { Outgoing } from "./exchange.ts";
import type { RawAnswer } from "./handle.ts";

/** A handler's answer in bytes, before the headers that depend on the commit. */
export interface EncodedAnswer {
  readonly status: number;
  readonly version: number | null;
  readonly body: Uint8Array | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const utf8 = new TextEncoder();

/** Parses the body by the route's schema, so that nothing undeclared leaves, and encodes it. Errors: INTERNAL. */
export function encodeAnswer(route: RouteDefinition, raw: RawAnswer | undefined): EncodedAnswer {
  const headers: Record<string, string | readonly string[]> = {};
  if (raw?.cookies !== undefined) headers["set-cookie"] = raw.cookies;
  if (raw?.redirectTo !== undefined) {
    return {
      status: 303,
      version: null,
      body: null,
      headers: { ...headers, location: raw.redirectTo },
    };
  }
  const body = route.answer === null ? null : encodeBody(route, raw?.body);
  if (body !== null) headers["content-type"] = "application/json";
  return { status: statusOf(route), version: raw?.version ?? null, body, headers };
}

function encodeBody(route: RouteDefinition, body: unknown): Uint8Array {
  const parsed = route.answer?.safeParse(body);
  if (parsed?.success !== true) {
    const places = parsed?.error.issues.map((issue) => issue.path.join(".")).join(", ") ?? "";
    throw new PortalError(
      "INTERNAL",
      `the answer of ${route.method} ${route.path} breaks its own schema at: ${places}`,
    );
  }
  return utf8.encode(JSON.stringify(parsed.data));
}

/** Joins an encoded answer with further headers. */
export function outgoing(
  answer: EncodedAnswer,
  headers: Readonly<Record<string, string>> = {},
): Outgoing {
  const etag = answer.version === null ? {} : { [headerNames.etag]: `"${answer.version}"` };
  return {
    status: answer.status,
    headers: { ...answer.headers, ...etag, ...headers },
    body: answer.body,
  };
}
