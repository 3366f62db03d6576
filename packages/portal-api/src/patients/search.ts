import { routes } from "@careline/portal-contract";
import type { PatientHit, SearchPatientsBody } from "@careline/portal-contract/patients/schemas.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { nameKey, phoneKey } from "./search-keys.ts";

interface Terms {
  readonly by: SearchPatientsBody["by"];
  readonly first: string | null;
  readonly second: string | null;
  readonly date: string | null;
}

/** What the one search function of the database takes; null when nothing searchable was typed. */
function termsOf(body: SearchPatientsBody): Terms | null {
  const terms = (first: string | null, second: string | null = null, date: string | null = null) =>
    first === null || (first === "" && date === null) ? null : { by: body.by, first, second, date };
  switch (body.by) {
    case "name": {
      const firstName = nameKey(body.firstName ?? "");
      return terms(nameKey(body.lastName), firstName === "" ? null : firstName);
    }
    case "mrn":
      return terms(body.mrn);
    case "phone":
      return terms(phoneKey(body.phone));
    case "email":
      return terms(body.email);
    case "birth_date":
      return terms(nameKey(body.lastName ?? ""), null, body.dateOfBirth);
  }
}

type HitRow = PatientHit & { readonly isTruncated: boolean };

/** At most 20 minimal rows. The function writes its own row first and refuses above 30 searches a minute (CL429). */
async function search(
  tx: Tx,
  terms: Terms,
): Promise<{ items: PatientHit[]; isTruncated: boolean }> {
  const rows = await tx<HitRow[]>`
    select patient_id as "patientId", first_name as "firstName", last_name as "lastName", birth_year as "birthYear",
           mrn, phone_last_four as "phoneLastFour", is_restricted as "isRestricted", is_truncated as "isTruncated"
      from portal.search_patients(${terms.by}, ${terms.first}, ${terms.second}, ${terms.date}::date)`;
  const items = rows.map(({ isTruncated: _, ...hit }) => hit);
  return { items, isTruncated: rows[0]?.isTruncated ?? false };
}

const searchPatients = handle(routes.searchPatients, async (ctx, { body }) => {
  const terms = termsOf(body);
  const found = terms === null ? { items: [], isTruncated: false } : await search(ctx.tx, terms);
  ctx.audit({
    resourceType: "patient",
    resourceId: null,
    // Who was shown, and by what was searched; never what was typed. One row, not twenty.
    details: { by: body.by, shown: found.items.map((hit) => hit.patientId).join(" ") },
  });
  return { body: found };
});

const listCandidates = handle(routes.listCandidates, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const [call] = await ctx.tx<{ phone: string | null }[]>`
    select caller_phone_number as phone from portal.call_logs
     where call_id = ${params.callId} and (agent_id = ${agentId} or other_agent_id = ${agentId})`;
  if (call === undefined)
    throw new PortalError("NOT_FOUND", `call ${params.callId} is not in hand`);
  const key = call.phone === null ? null : phoneKey(call.phone);
  const terms = { by: "phone", first: key, second: null, date: null } as const;
  const found = key === null ? { items: [] } : await search(ctx.tx, terms);
  ctx.audit({
    resourceType: "call",
    resourceId: params.callId,
    details: { shown: found.items.map((hit) => hit.patientId).join(" ") },
  });
  return { body: { items: found.items } };
});

/** Handlers of finding patients. */
export const searchHandlers: readonly RegisteredHandler[] = [searchPatients, listCandidates];
