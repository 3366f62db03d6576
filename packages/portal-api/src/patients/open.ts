import { routes } from "@careline/portal-contract";
import type { OpenPatientBody } from "@careline/portal-contract/patients/schemas.ts";
import { addTimeline, lockCall, tellCall } from "../calls/index.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { readCardRow, toCard } from "./card.sql.ts";

/** An opening for a call lasts longer than nearly every call; for a task or a reason it is short. */
const openMs = { call: 4 * 3_600_000, task: 1_800_000, reason: 1_800_000, created: 4 * 3_600_000 };

/** Remembers that this agent opened this patient, and why; row-level security shows the patient from here on. */
export async function addOpening(
  ctx: WorkContext,
  agentId: string,
  patientId: string,
  because: OpenPatientBody["because"] | { readonly kind: "created"; readonly callId: string },
): Promise<void> {
  const reason = because.kind === "reason" ? because.reason : null;
  const callId = "callId" in because ? because.callId : null;
  const taskId = because.kind === "task" ? because.taskId : null;
  const expiresAt = new Date(ctx.now.getTime() + openMs[because.kind]);
  await ctx.tx`
    insert into portal.patient_openings (opening_id, agent_id, patient_id, because, call_id, task_id, reason,
           opened_at, expires_at)
    values (gen_random_uuid(), ${agentId}, ${patientId}, ${because.kind}, ${callId}, ${taskId}, ${reason},
            ${ctx.now}, ${expiresAt})`;
}

/** The call must be in this agent's hands, the task open and visible. Errors: NOT_FOUND. */
async function requireCause(
  tx: Tx,
  agentId: string,
  because: OpenPatientBody["because"],
): Promise<void> {
  if (because.kind === "reason") return;
  const found =
    because.kind === "call"
      ? await tx`select 1 from portal.call_logs where call_id = ${because.callId} and state <> 'closed'
                   and (agent_id = ${agentId} or other_agent_id = ${agentId})`
      : await tx`select 1 from portal.tasks where task_id = ${because.taskId} and state = 'open'`;
  if (found.length === 0)
    throw new PortalError("NOT_FOUND", `no ${because.kind} to open a patient for`);
}

const openPatient = handle(routes.openPatient, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const { patientId } = params;
  const { because } = body;
  await requireCause(ctx.tx, agentId, because);
  const [known] = await ctx.tx<{ isRestricted: boolean }[]>`
    select is_restricted as "isRestricted" from portal.patient_exists(${patientId})`;
  if (known === undefined) throw new PortalError("NOT_FOUND", `no patient ${patientId}`);
  if (known.isRestricted && body.restrictedReason === undefined) {
    throw new PortalError("PATIENT_RESTRICTED", `patient ${patientId} is restricted`);
  }
  await addOpening(ctx, agentId, patientId, because);
  ctx.audit({
    action: known.isRestricted ? "patient_open_restricted" : "patient_open",
    resourceType: "patient",
    resourceId: patientId,
    patientId,
    details: { because: because.kind },
  });
  const card = toCard(await readCardRow(ctx.tx, patientId, agentId), ctx.now);
  return { body: card, version: card.version };
});

const readPatient = handle(routes.readPatient, async (ctx, { params }) => {
  const { patientId } = params;
  ctx.audit({ resourceType: "patient", resourceId: patientId, patientId });
  const card = toCard(await readCardRow(ctx.tx, patientId, ctx.session.agentId), ctx.now);
  return { body: card, version: card.version };
});

const linkPatient = handle(routes.linkPatient, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  const open = await ctx.tx`select 1 from portal.patients where patient_id = ${body.patientId}`;
  if (open.length === 0) {
    throw new PortalError("PATIENT_NOT_OPEN", `patient ${body.patientId} is not open`);
  }
  const linked = await ctx.tx`
    insert into portal.call_patients (call_id, patient_id, linked_at, linked_by_agent_id)
    values (${call.callId}, ${body.patientId}, ${ctx.now}, ${agentId})
    on conflict do nothing returning call_id`;
  await ctx.tx`
    update portal.call_logs set patient_id = coalesce(patient_id, ${body.patientId}) where call_id = ${call.callId}`;
  if (linked.length > 0) await addTimeline(ctx, call.callId, "patient_linked", agentId);
  ctx.audit({ resourceType: "call", resourceId: call.callId, patientId: body.patientId });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

/** Handlers of opening a patient and saying whom a call is about. */
export const openHandlers: readonly RegisteredHandler[] = [openPatient, readPatient, linkPatient];
