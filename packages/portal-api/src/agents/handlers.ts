import { routes } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { lockPresence, readPresence, writePresence, writeStatus } from "./presence.sql.ts";
import { decidePresence, statusOfPresence } from "./presence-rule.ts";
import { listColleagues, readProfile } from "./profile.sql.ts";

const readOwnProfile = handle(routes.readOwnProfile, async (ctx) => {
  const { agentId } = ctx.session;
  const [profile, presence] = await Promise.all([
    readProfile(ctx.tx, agentId),
    readPresence(ctx.tx, agentId, ctx.now),
  ]);
  if (profile === undefined) throw new PortalError("NOT_FOUND", `agent ${agentId} is gone`);
  const lastLoginDate = profile.lastLoginDate?.toISOString() ?? null;
  return { body: { ...profile, lastLoginDate, presence } };
});

const setPresence = handle(routes.setPresence, async (ctx, { body }) => {
  const { agentId } = ctx.session;
  const now = await lockPresence(ctx.tx, agentId, ctx.now);
  const decision = decidePresence(now, body);
  switch (decision.kind) {
    case "refuse":
      throw new PortalError("PRESENCE_CONFLICT", `agent ${agentId} has a call ringing`);
    case "later": {
      const { state, reason, callId } = now;
      const next = decision.next;
      const presence = await writePresence(ctx, agentId, { state, reason, callId, next });
      ctx.audit({
        resourceType: "agent",
        resourceId: agentId,
        details: { state, later: next?.state ?? null },
      });
      return { body: presence };
    }
    case "change": {
      const { state, reason } = decision;
      const [presence] = await Promise.all([
        writePresence(ctx, agentId, { state, reason }),
        writeStatus(ctx.tx, agentId, statusOfPresence(state)),
      ]);
      ctx.audit({ resourceType: "agent", resourceId: agentId, details: { state, reason } });
      return { body: presence };
    }
  }
});

const colleagues = handle(routes.listColleagues, async (ctx) => ({
  body: { items: await listColleagues(ctx.tx, ctx.session.agentId) },
}));

/** Handlers of the agents' routes. */
export const agentsHandlers: readonly RegisteredHandler[] = [
  readOwnProfile,
  setPresence,
  colleagues,
];
