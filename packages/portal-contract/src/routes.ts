import { domainRoutes } from "./domain-routes.ts";
import { identityRoutes } from "./identity/index.ts";
import type { ProblemCode } from "./problems.ts";
import { isWrite, type RouteDefinition, takesKey } from "./route.ts";
import { systemRoutes } from "./system-routes.ts";

/** The one table of routes; its keys are the operation ids of the OpenAPI document. */
export const routes = { ...systemRoutes, ...identityRoutes, ...domainRoutes } as const;

export type RouteName = keyof typeof routes;

const always: readonly ProblemCode[] = [
  "REQUEST_INVALID",
  "RATE_LIMITED",
  "OVERLOADED",
  "TIMED_OUT",
  "DATABASE_UNAVAILABLE",
  "STOPPING",
  "INTERNAL",
];
const ofWrites: readonly ProblemCode[] = ["WRITES_PAUSED", "OUTCOME_UNKNOWN"];
const ofKeys: readonly ProblemCode[] = [
  "IDEMPOTENCY_KEY_REQUIRED",
  "IDEMPOTENCY_KEY_REUSED",
  "IDEMPOTENCY_IN_FLIGHT",
];
const ofBodies: readonly ProblemCode[] = [
  "BODY_MALFORMED",
  "BODY_TOO_LARGE",
  "MEDIA_TYPE_UNSUPPORTED",
];
const ofSessions: readonly ProblemCode[] = [
  "SESSION_REQUIRED",
  "SESSION_ENDED",
  "PERMISSION_DENIED",
];

/** Every code that a route can answer with: the foundation's and its own. */
export function problemsOf(definition: RouteDefinition): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(always);
  const add = (more: readonly ProblemCode[]): void => more.forEach((code) => void codes.add(code));
  if (definition.access.kind === "session") {
    add(ofSessions);
    if (definition.access.whileLocked !== true) codes.add("SESSION_LOCKED");
    if (definition.method !== "GET") codes.add("CSRF_REFUSED");
  }
  if (definition.access.kind === "signed") codes.add("SIGNATURE_INVALID");
  if (isWrite(definition)) add(ofWrites);
  else add(["NOT_PRIMARY", "READ_UNAVAILABLE"]);
  if (definition.durability === "geo") codes.add("UNPROTECTED_REFUSED");
  if (takesKey(definition)) add(ofKeys);
  if (definition.body !== undefined) add(ofBodies);
  if (definition.ifMatch === true) add(["IF_MATCH_REQUIRED", "STALE_VERSION"]);
  add(definition.errors ?? []);
  return [...codes];
}
