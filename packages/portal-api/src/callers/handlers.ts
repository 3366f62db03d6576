import { routes } from "@careline/portal-contract";
import type { Authority, Caller } from "@careline/portal-contract/callers/index.ts";
import { lockCall, tellCall } from "../calls/index.ts";
import { PortalError, staleVersion } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";

const putCaller = handle(routes.putCaller, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  if (call.agentId !== agentId && call.otherAgentId !== agentId) {
    throw new PortalError("NOT_FOUND", `call ${call.callId} is in another agent's hands`);
  }
  const [before] = await ctx.tx<{ version: number }[]>`
    select version::int as version from portal.callers where call_id = ${call.callId} for update`;
  if (before !== undefined && before.version !== ctx.expectedVersion) {
    throw staleVersion(ctx.expectedVersion, before.version);
  }
  const [row] = await ctx.tx<Omit<Caller, "phone">[]>`
    insert into portal.callers as r (call_id, name, relationship, authority, safe_contact, modified_date)
    values (${call.callId}, ${body.name}, ${body.relationship}, ${ctx.tx.json(body.authority)}, ${body.safeContact},
            ${ctx.now})
    on conflict (call_id) do update set name = excluded.name, relationship = excluded.relationship,
           authority = excluded.authority, safe_contact = excluded.safe_contact,
           modified_date = excluded.modified_date, version = r.version + 1
    returning name, relationship, authority, safe_contact as "safeContact", version::int as version`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  ctx.audit({
    resourceType: "caller",
    resourceId: call.callId,
    details: { relationship: body.relationship, ...authorityDetails(body.authority) },
  });
  const view = await tellCall(ctx, call.callId, agentId);
  return { body: { ...row, phone: view.callerPhoneNumber }, version: row.version };
});

/** What was established and how, for the trail; a professional's words of proof stay in the record. */
function authorityDetails(authority: Authority): Record<string, string> {
  const { kind } = authority;
  if (authority.kind !== "representative") return { authority: kind };
  const { scope, verifiedBy, expiresOn } = authority;
  return { authority: kind, scope, verifiedBy, expiresOn: expiresOn ?? "never" };
}

/** Handler of who is on the line. */
export const callersHandlers: readonly RegisteredHandler[] = [putCaller];
