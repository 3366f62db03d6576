import { uuidV7 } from "@careline/platform";
import { type InputOf, type RouteDefinition, routes } from "@careline/portal-contract";
import { open } from "../encryption/index.ts";
import { PortalError } from "../problems/index.ts";
import type { Incoming, RawAnswer, RegisteredHandler, RequestContext } from "../serving/index.ts";
import type { IdentityDeps } from "./handlers.ts";
import { type ProvenIdentity, type SignIn, signInSchema } from "./identity-provider.ts";
import {
  cookie,
  expiredCookie,
  hashToken,
  newToken,
  readCookie,
  sessionCookieName,
  signInCookieName,
} from "./session-cookie.ts";
import { keepActivityRow } from "./session-store.ts";
import {
  actAs,
  insertSession,
  noteSignIn,
  type SigningIn,
  selectAgentOfSubject,
  unlockSession,
} from "./sign-in.sql.ts";

/** How long a sign-in may take from leaving to coming back. */
export const signInMs = 600_000;
/** How much older than its start an unlock's authentication may claim to be, for two clocks that differ. */
const clockSkewMs = 30_000;

interface Prepared {
  readonly signIn: SignIn;
  readonly proven: ProvenIdentity;
}

/**
 * The way back from the identity provider: proves the person outside the transaction, then begins a session, or unlocks the one that the
 * sign-in was begun for. Errors: SIGN_IN_INVALID, SIGN_IN_REFUSED, MFA_REQUIRED, ACCOUNT_UNKNOWN, ACCOUNT_CLOSED, UNLOCK_OTHER_PERSON,
 * UNLOCK_NOT_FRESH.
 */
export function finishSignInHandler(deps: IdentityDeps): RegisteredHandler {
  return {
    route: routes.finishSignIn,
    prepare: (incoming, input) => prove(incoming, input, deps),
    run: async (ctx, _input, prepared) => {
      const { signIn, proven } = prepared as Prepared;
      const agent = await selectAgentOfSubject(ctx.tx, proven.subject);
      if (agent === undefined)
        throw new PortalError("ACCOUNT_UNKNOWN", "no agent has this subject");
      if (agent.status === "terminated")
        throw new PortalError("ACCOUNT_CLOSED", `agent ${agent.agent_id} left`);
      return signIn.unlock === null
        ? beginSession(ctx, signIn, proven, agent, deps)
        : unlock(ctx, signIn, proven, agent, deps);
    },
  };
}

async function prove(
  incoming: Incoming,
  input: InputOf<RouteDefinition>,
  deps: IdentityDeps,
): Promise<Prepared> {
  const sealed = readCookie(incoming.headers, signInCookieName);
  if (sealed === null) throw new PortalError("SIGN_IN_INVALID", "no sign-in is under way here");
  const signIn = await openSignIn(sealed, deps);
  const query = input.query as { readonly state: string };
  const ageMs = incoming.now.getTime() - signIn.startedAtMs;
  if (query.state !== signIn.state || ageMs > signInMs) {
    throw new PortalError("SIGN_IN_INVALID", "another sign-in, or one that took too long");
  }
  return { signIn, proven: await deps.provider.finish(incoming.url, signIn) };
}

async function openSignIn(sealed: string, deps: IdentityDeps): Promise<SignIn> {
  try {
    const plain = await open(deps.keys, "sign-in", "cookie", sealed);
    return signInSchema.parse(JSON.parse(plain.toString("utf8")));
  } catch (cause) {
    throw new PortalError("SIGN_IN_INVALID", "the sign-in cookie does not open", { cause });
  }
}

async function beginSession(
  ctx: RequestContext,
  signIn: SignIn,
  proven: ProvenIdentity,
  agent: SigningIn,
  deps: IdentityDeps,
): Promise<RawAnswer> {
  const sessionId = uuidV7(ctx.now.getTime(), deps.random);
  const token = newToken(deps.random);
  const { endAfterMs } = deps.session;
  await actAs(ctx.tx, agent.agent_id, agent.role, sessionId);
  ctx.actAs({ agentId: agent.agent_id, sessionId });
  await insertSession(ctx.tx, {
    sessionId,
    tokenHash: hashToken(token),
    agentId: agent.agent_id,
    signedInAt: ctx.now,
    region: ctx.site,
    expiresAt: new Date(ctx.now.getTime() + endAfterMs),
    factors: proven.factors,
  });
  await Promise.all([
    keepActivityRow(ctx.tx, sessionId, ctx.now),
    noteSignIn(ctx.tx, agent.agent_id, ctx.now, ctx.site),
  ]);
  ctx.audit({
    resourceType: "session",
    resourceId: sessionId,
    details: { factors: proven.factors },
  });
  return {
    redirectTo: signIn.returnTo,
    cookies: [
      cookie(sessionCookieName, token, Math.floor(endAfterMs / 1_000)),
      expiredCookie(signInCookieName),
    ],
  };
}

async function unlock(
  ctx: RequestContext,
  signIn: SignIn,
  proven: ProvenIdentity,
  agent: SigningIn,
  deps: IdentityDeps,
): Promise<RawAnswer> {
  const asked = signIn.unlock;
  if (asked === null || agent.agent_id !== asked.agentId) {
    throw new PortalError("UNLOCK_OTHER_PERSON", "someone else signed in to unlock");
  }
  const freshSinceMs = signIn.startedAtMs - clockSkewMs;
  if (proven.authenticatedAt === null || proven.authenticatedAt.getTime() < freshSinceMs) {
    throw new PortalError("UNLOCK_NOT_FRESH", "the authentication is older than the unlock");
  }
  await actAs(ctx.tx, agent.agent_id, agent.role, asked.sessionId);
  ctx.actAs(asked);
  if (!(await unlockSession(ctx.tx, asked.sessionId, ctx.now))) {
    throw new PortalError("SESSION_ENDED", `session ${asked.sessionId} is over`);
  }
  await keepActivityRow(ctx.tx, asked.sessionId, ctx.now);
  ctx.audit({
    action: "session_unlock",
    resourceType: "session",
    resourceId: asked.sessionId,
    details: { factors: proven.factors },
  });
  forgetAndTell(ctx, asked.sessionId, "active", deps);
  return { redirectTo: signIn.returnTo, cookies: [expiredCookie(signInCookieName)] };
}

/** Once committed, the cache forgets the old state, and the screens of this session hear of the new one. */
export function forgetAndTell(
  ctx: Pick<RequestContext, "afterCommit" | "cacheKey" | "publish">,
  sessionId: string,
  state: "active" | "locked" | "ended",
  deps: IdentityDeps,
): void {
  const { cacheKey } = ctx;
  if (cacheKey !== null) ctx.afterCommit(() => deps.sessions.forget(cacheKey));
  ctx.publish({ kind: "session", data: { state }, audience: { sessions: [sessionId] } });
}
