import type { InputOf, RouteDefinition } from "@careline/portal-contract";
import type { z } from "zod";
import { PortalError } from "../problems/index.ts";
import { unstorableText } from "./storable-text.ts";

/** Most fields that a REQUEST_INVALID names. */
const fieldsMax = 20;

/** Parses what a client sent by the route's schemas. Errors: REQUEST_INVALID, naming places and rules, never values. */
export function parseInput(
  route: RouteDefinition,
  sent: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
): InputOf<RouteDefinition> {
  const wrong: { at: string; rule: string }[] = [];
  const params = parsePart(route.params, sent.params, "params", wrong);
  const query = parsePart(route.query, sent.query, "query", wrong);
  const body = parseBody(route, sent.body, wrong);
  if (wrong.length > 0) {
    throw new PortalError("REQUEST_INVALID", `${wrong.length} parts did not parse`, {
      fields: wrong.slice(0, fieldsMax),
    });
  }
  return { params, query, body } as InputOf<RouteDefinition>;
}

function parseBody(
  route: RouteDefinition,
  sent: unknown,
  wrong: { at: string; rule: string }[],
): unknown {
  if (route.body === undefined) {
    const isEmpty =
      sent === undefined ||
      sent === null ||
      (typeof sent === "object" && Object.keys(sent).length === 0);
    if (!isEmpty) wrong.push({ at: "body", rule: "unrecognized" });
    return undefined;
  }
  return parsePart(route.body, sent, "body", wrong);
}

function parsePart(
  schema: z.ZodType | undefined,
  sent: unknown,
  part: string,
  wrong: { at: string; rule: string }[],
): unknown {
  if (schema === undefined) {
    // A parameter that nobody takes is a client's mistake, and is said.
    for (const name of Object.keys(sent ?? {}))
      wrong.push({ at: `${part}.${safeName(name)}`, rule: "unrecognized" });
    return undefined;
  }
  const parsed = schema.safeParse(sent);
  if (parsed.success) {
    const at = unstorableText(parsed.data, part);
    if (at !== null) wrong.push({ at, rule: "unstorable" });
    return parsed.data;
  }
  for (const issue of parsed.error.issues) {
    const at = [part, ...issue.path.map((step) => safeName(String(step)))].join(".");
    wrong.push({ at, rule: issue.code === "unrecognized_keys" ? "unrecognized" : issue.code });
  }
  return undefined;
}

/** Names come from the sender too: only what looks like a field's name is repeated. */
function safeName(name: string): string {
  return /^\w{1,60}$/.test(name) ? name : "?";
}

/** The version in If-Match (`"7"`). Errors: IF_MATCH_REQUIRED when absent or something else. */
export function parseIfMatch(header: string | undefined): number {
  const version = /^"(\d{1,9})"$/.exec(header ?? "")?.[1];
  if (version === undefined)
    throw new PortalError("IF_MATCH_REQUIRED", "no If-Match with a version");
  return Number(version);
}
