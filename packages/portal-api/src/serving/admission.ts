import { headerNames, isWrite, type RouteDefinition } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import type { Incoming } from "./exchange.ts";
import { refuseForgery } from "./forgery-defence.ts";
import type { KnownSession, SessionReader } from "./session-reader.ts";

/** Refuses whoever may not call the route at all. Errors: PERMISSION_DENIED, SESSION_LOCKED. */
export function refuseUnauthorised(route: RouteDefinition, known: KnownSession): void {
  if (route.access.kind !== "session") return;
  if (known.state === "locked" && route.access.whileLocked !== true) {
    throw new PortalError("SESSION_LOCKED", "the session is locked");
  }
  const { role, permissions } = known.session;
  const isAllowed =
    route.access.roles.includes(role) &&
    (route.access.permissions ?? []).every((permission) => permissions.includes(permission));
  if (!isAllowed) throw new PortalError("PERMISSION_DENIED", `the role ${role} may not call this`);
}

/** Whether this request shows that the person is there. */
export function isActivity(incoming: Incoming): boolean {
  return (
    incoming.route.activity !== false && incoming.headers[headerNames.activity] !== "background"
  );
}

/**
 * Who calls, if the route needs to know. Errors: CSRF_REFUSED, SESSION_REQUIRED, SESSION_ENDED; what the person may do is checked by
 * `refuseUnauthorised`, so that the caller can record the refusal in their name.
 */
export async function findCaller(
  incoming: Incoming,
  sessions: SessionReader,
  ownOrigins: readonly string[],
  isEmergency: boolean,
): Promise<KnownSession | null> {
  const { route } = incoming;
  if (route.access.kind !== "session") return null;
  if (route.method !== "GET" || (isWrite(route) && route.answers !== "redirect")) {
    refuseForgery(incoming.headers, ownOrigins);
  }
  return sessions.find(incoming.headers, incoming.now, isEmergency, incoming.signal);
}
