import type { Random } from "@careline/platform";
import { routes, type Site } from "@careline/portal-contract";
import type { PortalConfig } from "../config.ts";
import { type KeyRing, seal } from "../encryption/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RawAnswer, type RegisteredHandler } from "../serving/index.ts";
import { finishSignInHandler, forgetAndTell, signInMs } from "./finish-sign-in.ts";
import type { IdentityProvider, SignIn } from "./identity-provider.ts";
import { cookie, expiredCookie, sessionCookieName, signInCookieName } from "./session-cookie.ts";
import type { SessionStore } from "./session-store.ts";
import { endSession, lockSession, selectSessionDetails } from "./sign-in.sql.ts";

export interface IdentityDeps {
  readonly site: Site;
  readonly random: Random;
  readonly keys: KeyRing;
  readonly provider: IdentityProvider;
  readonly sessions: SessionStore;
  readonly session: PortalConfig["session"];
  readonly demo: boolean;
}

/** Sign-in, lock, unlock, sign-out and the session's view. */
export function identityHandlers(deps: IdentityDeps): readonly RegisteredHandler[] {
  return [
    startSignInHandler(deps),
    startUnlockHandler(deps),
    finishSignInHandler(deps),
    readSessionHandler(deps),
    handle(routes.noteActivity, async () => undefined),
    handle(routes.lockSession, async (ctx) => {
      await lockSession(ctx.tx, ctx.session.sessionId, ctx.now);
      ctx.audit({ resourceType: "session", resourceId: ctx.session.sessionId });
      forgetAndTell(ctx, ctx.session.sessionId, "locked", deps);
      return undefined;
    }),
    signOutHandler(deps),
  ];
}

function startSignInHandler(deps: IdentityDeps): RegisteredHandler {
  return {
    route: routes.startSignIn,
    prepare: async (incoming, input) => {
      const { returnTo } = input.query as { readonly returnTo: string };
      return deps.provider.begin(
        { returnTo, startedAtMs: incoming.now.getTime(), unlock: null },
        null,
      );
    },
    run: (_ctx, _input, prepared) => leave(prepared, deps),
  };
}

function startUnlockHandler(deps: IdentityDeps): RegisteredHandler {
  return {
    route: routes.startUnlock,
    prepare: () => deps.provider.discovered(),
    run: async (ctx, input) => {
      const { session } = ctx;
      if (session === null) throw new PortalError("SESSION_REQUIRED", "no session to unlock");
      const { returnTo } = input.query as { readonly returnTo: string };
      const details = await selectSessionDetails(ctx.tx, session.sessionId);
      const unlock = { sessionId: session.sessionId, agentId: session.agentId };
      const begun = await deps.provider.begin(
        { returnTo, startedAtMs: ctx.now.getTime(), unlock },
        details?.email ?? null,
      );
      return leave(begun, deps);
    },
  };
}

/** Sends the browser away with what must be remembered in a sealed cookie, so that either region can take it back. */
async function leave(prepared: unknown, deps: IdentityDeps): Promise<RawAnswer> {
  const { url, signIn } = prepared as { readonly url: string; readonly signIn: SignIn };
  const sealed = await seal(deps.keys, "sign-in", "cookie", JSON.stringify(signIn));
  return { redirectTo: url, cookies: [cookie(signInCookieName, sealed, signInMs / 1_000)] };
}

function readSessionHandler(deps: IdentityDeps): RegisteredHandler {
  return handle(routes.readSession, async (ctx) => {
    const details = await selectSessionDetails(ctx.tx, ctx.session.sessionId);
    if (details === undefined) throw new PortalError("SESSION_ENDED", "the session's row is gone");
    const team =
      details.team_id === null || details.team_name === null
        ? null
        : { teamId: details.team_id, name: details.team_name };
    return {
      body: {
        sessionId: ctx.session.sessionId,
        agentId: ctx.session.agentId,
        displayName: ctx.session.displayName,
        email: details.email,
        role: ctx.session.role,
        permissions: [...ctx.session.permissions],
        team,
        state: ctx.sessionState,
        signedInAt: details.signed_in_at.toISOString(),
        lastActivityAt: details.last_activity_at.toISOString(),
        inactivity: {
          warnAfterMs: deps.session.warnAfterMs,
          lockAfterMs: deps.session.lockAfterMs,
        },
        site: ctx.site,
        demo: deps.demo,
      },
    };
  });
}

function signOutHandler(deps: IdentityDeps): RegisteredHandler {
  return {
    route: routes.signOut,
    prepare: () => deps.provider.endSessionUrl(),
    run: async (ctx, _input, prepared) => {
      const sessionId = ctx.session?.sessionId ?? "";
      await endSession(ctx.tx, sessionId, ctx.now, "signed_out");
      ctx.audit({ resourceType: "session", resourceId: sessionId });
      forgetAndTell(ctx, sessionId, "ended", deps);
      return { body: { continueAt: prepared }, cookies: [expiredCookie(sessionCookieName)] };
    },
  };
}
