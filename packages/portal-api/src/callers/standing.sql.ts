import type { Authority, CallerRelationship } from "@careline/portal-contract/callers/index.ts";
import type { WorkContext } from "../serving/index.ts";

export interface Said {
  readonly callId: string;
  readonly agentId: string;
  readonly relationship: CallerRelationship;
  readonly authority: Authority;
}

/** Writes down what the caller of `callId` is to the patient; what was said before about the two is replaced. */
export async function putStanding(ctx: WorkContext, patientId: string, said: Said): Promise<void> {
  await ctx.tx`
    insert into portal.caller_standings (call_id, patient_id, relationship, authority, said_by_agent_id, said_at)
    values (${said.callId}, ${patientId}, ${said.relationship}, ${ctx.tx.json(said.authority)}, ${said.agentId}, ${ctx.now})
    on conflict (call_id, patient_id) do update set relationship = excluded.relationship,
           authority = excluded.authority, said_by_agent_id = excluded.said_by_agent_id, said_at = excluded.said_at`;
}

/**
 * The patient about whom a caller speaks when nobody says which: the only one who was verified on the call. Null before
 * somebody was, and among several.
 */
export async function onlyVerifiedPatient(
  ctx: WorkContext,
  callId: string,
): Promise<string | null> {
  const rows = await ctx.tx<{ patientId: string }[]>`
    select patient_id as "patientId" from portal.patient_verifications
     where call_id = ${callId} and verified_at is not null order by patient_id limit 2`;
  return rows.length === 1 ? (rows[0]?.patientId ?? null) : null;
}

/**
 * What was said of the caller before any patient was chosen counts for the first who is verified, and for nobody after
 * that. Does nothing when the relationship is unknown or something was said about a patient already.
 */
export async function adoptStanding(
  ctx: WorkContext,
  patientId: string,
  { callId, agentId }: Pick<Said, "callId" | "agentId">,
): Promise<void> {
  await ctx.tx`
    insert into portal.caller_standings (call_id, patient_id, relationship, authority, said_by_agent_id, said_at)
    select r.call_id, ${patientId}, r.relationship, r.authority, ${agentId}, ${ctx.now}
      from portal.callers r
     where r.call_id = ${callId} and r.relationship <> 'unknown'
       and not exists (select 1 from portal.caller_standings s where s.call_id = r.call_id)
       and not exists (select 1 from portal.patient_verifications v
                        where v.call_id = r.call_id and v.patient_id <> ${patientId} and v.verified_at is not null)`;
}
