import { headerNames } from "@careline/portal-contract";
import type { TransactionSettings, Tx } from "../database/index.ts";
import type { RequestContext, Session } from "./context.ts";
import type { Incoming } from "./exchange.ts";
import { parseIfMatch } from "./parse-input.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { KnownSession } from "./session-reader.ts";
import type { Actor, UnitOfWork } from "./unit-of-work.ts";

export function actorOf(incoming: Incoming, session: Session | null): Actor {
  return {
    agentId: session?.agentId ?? null,
    sessionId: session?.sessionId ?? null,
    origin:
      session === null
        ? incoming.route.access.kind === "signed"
          ? "system"
          : "anonymous"
        : "agent",
    ipAddress: incoming.ipAddress,
    userAgent: incoming.userAgent,
  };
}

/** Row-level-security context of a request. Requests signed by a machine run as the portal's own loops do. */
export function settingsOf(
  incoming: Incoming,
  session: Session | null,
  deps: ServingDeps,
  rest: Pick<TransactionSettings, "term" | "synchronousCommit">,
): TransactionSettings {
  return {
    agentId: session?.agentId ?? null,
    role: session?.role ?? (incoming.route.access.kind === "signed" ? "system" : null),
    teamId: session?.teamId ?? null,
    programmeIds: session?.programmeIds ?? [],
    permissions: session?.permissions ?? [],
    sessionId: session?.sessionId ?? null,
    site: deps.site,
    statementTimeoutMs: deps.database.statementTimeoutMs,
    ...rest,
  };
}

/** What a handler sees of its request. */
export function requestContext(
  incoming: Incoming,
  known: KnownSession | null,
  tx: Tx,
  unit: UnitOfWork,
  deps: ServingDeps,
  emergency: RequestContext["emergency"] = null,
): RequestContext {
  const isSigned = incoming.route.access.kind === "signed";
  return {
    tx,
    session: known?.session ?? null,
    sessionState: known?.state ?? "active",
    cacheKey: known?.cacheKey ?? null,
    actAs: (person) => {
      unit.actor = { ...unit.actor, ...person, origin: "agent" };
    },
    now: incoming.now,
    site: deps.site,
    signal: incoming.signal,
    requestId: incoming.requestId,
    occurredAt: parseInstant(incoming.headers[headerNames.occurredAt]),
    expectedVersion:
      incoming.route.ifMatch === true ? parseIfMatch(incoming.headers["if-match"]) : null,
    emergency,
    signed: isSigned
      ? { rawBody: incoming.rawBody ?? new Uint8Array(), headers: headerMap(incoming) }
      : null,
    audit: (entry) => unit.audit(entry),
    publish: (event) => unit.publish(event),
    afterCommit: (effect) => unit.afterCommit(effect),
  } as RequestContext;
}

function headerMap(incoming: Incoming): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

/** Null for anything but an instant with its zone; what it is worth is the handler's business. */
function parseInstant(text: string | readonly string[] | undefined): Date | null {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text))
    return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
