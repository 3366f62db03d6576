import { routes } from "@careline/portal-contract";
import type { Authority, Caller } from "@careline/portal-contract/callers/index.ts";
import { lockCall, tellCall } from "../calls/index.ts";
import { PortalError, staleVersion } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { onlyVerifiedPatient, putStanding } from "./standing.sql.ts";

/** The patient about whom something is said; must be open to whoever says it. Errors: PATIENT_NOT_OPEN. */
async function subjectOf(
  ctx: WorkContext,
  callId: string,
  patientId: string | null,
): Promise<string | null> {
  if (patientId === null) return onlyVerifiedPatient(ctx, callId);
  const open = await ctx.tx`select 1 from portal.patients where patient_id = ${patientId}`;
  if (open.length === 0)
    throw new PortalError("PATIENT_NOT_OPEN", `patient ${patientId} is not open`);
  return patientId;
}

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
  const patientId = await subjectOf(ctx, call.callId, body.patientId ?? null);
  const [row] = await ctx.tx<Omit<Caller, "phone" | "standings">[]>`
    insert into portal.callers as r (call_id, name, relationship, authority, safe_contact, modified_date)
    values (${call.callId}, ${body.name}, ${body.relationship}, ${ctx.tx.json(body.authority)}, ${body.safeContact},
            ${ctx.now})
    on conflict (call_id) do update set name = excluded.name, relationship = excluded.relationship,
           authority = excluded.authority, safe_contact = excluded.safe_contact,
           modified_date = excluded.modified_date, version = r.version + 1
    returning name, relationship, authority, safe_contact as "safeContact", version::int as version`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  const { relationship, authority } = body;
  if (patientId !== null)
    await putStanding(ctx, patientId, { callId: call.callId, agentId, relationship, authority });
  ctx.audit({
    resourceType: "caller",
    resourceId: call.callId,
    ...(patientId === null ? {} : { patientId }),
    details: { relationship, ...authorityDetails(authority) },
  });
  const view = await tellCall(ctx, call.callId, agentId);
  const standings = view.caller?.standings ?? [];
  return { body: { ...row, phone: view.callerPhoneNumber, standings }, version: row.version };
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
