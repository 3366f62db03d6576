import type { Callback } from "@careline/portal-contract/calls/callback-schemas.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { type TaskRow, taskColumns } from "./tasks.sql.ts";

/** A task with the call it came from and its callee, as the database holds them. */
export interface CallbackRow extends TaskRow {
  readonly state: "open" | "done";
  readonly programmeId: string | null;
  readonly queueId: string | null;
  readonly queueZone: string;
  readonly queueName: string | null;
  readonly programmeName: string | null;
  readonly callerId: string | null;
  readonly type: "inbound" | "outbound";
  readonly callStartTime: Date;
  readonly agentName: string | null;
  readonly reason: Callback["originalCall"]["reason"];
  readonly resolution: string | null;
  readonly language: string;
  readonly phone: string | null;
  readonly isHidden: boolean;
  readonly name: string | null;
  readonly relationship: Callback["callee"]["relationship"];
  readonly safeContact: string | null;
  readonly states: readonly string[];
  readonly safeContacts: readonly string[];
  readonly isDoNotCall: boolean;
}

/** Reads an open task for dialling; `isLocked` keeps it from everybody else until the end of the transaction. Errors: NOT_FOUND. */
export async function readCallbackRow(
  tx: Tx,
  taskId: string,
  isLocked: boolean,
): Promise<CallbackRow> {
  const [row] = await tx<CallbackRow[]>`
    select ${taskColumns(tx)}, c.programme_id as "programmeId", c.queue_id as "queueId",
           coalesce(q.zone, 'UTC') as "queueZone", q.name as "queueName", m.name as "programmeName",
           m.caller_id as "callerId", c.call_type as type, c.call_start_time as "callStartTime",
           n.display_name as "agentName", c.call_reason as reason, c.resolution, c.language,
           c.caller_phone_number as phone, c.is_number_hidden as "isHidden", r.name,
           coalesce(r.relationship, 'unknown') as relationship, r.safe_contact as "safeContact",
           k.states, k.safe_contacts as "safeContacts",
           coalesce(portal.is_do_not_call(c.caller_phone_number, c.programme_id), false) as "isDoNotCall"
      from portal.tasks t
      join portal.call_logs c on c.call_id = t.call_id
      left join portal.queues q on q.queue_id = c.queue_id
      left join portal.programmes m on m.programme_id = c.programme_id
      left join portal.agent_names n on n.agent_id = c.agent_id
      left join portal.callers r on r.call_id = c.call_id
      cross join lateral portal.callback_callee(t.task_id) k
     where t.task_id = ${taskId} and t.state = 'open'
     ${isLocked ? tx`for update of t` : tx``}`;
  if (row === undefined) throw new PortalError("NOT_FOUND", `no open task ${taskId}`);
  return row;
}

/** The names of the patients of the call that the task came from, for whom that call is visible. */
export async function readCalleePatients(
  tx: Tx,
  callId: string,
): Promise<Callback["callee"]["patients"]> {
  return tx<Callback["callee"]["patients"]>`
    select n.display_name as "displayName", n.mrn from portal.call_patient_names n
     where n.call_id = ${callId} order by n.linked_at, n.patient_id`;
}

interface Attempt {
  readonly callId: string;
  readonly taskId: string;
  readonly originalCallId: string;
  readonly agentId: string;
}

/**
 * Ties a dialled call to its task: the attempt is counted, and the caller and the patients of the original call come along.
 * Their patients are opened for this call, so that the card asks for two identifiers; a restricted one still needs a reason.
 * Relationship and authority are not taken over: who answers the phone has to be established again.
 */
export async function linkAttempt(ctx: WorkContext, attempt: Attempt): Promise<void> {
  const { callId, taskId, originalCallId, agentId } = attempt;
  const expiresAt = new Date(ctx.now.getTime() + 4 * 3_600_000);
  await ctx.tx`
    update portal.tasks set attempts = attempts + 1, last_attempt_at = ${ctx.now}, last_result = 'dialling',
           undecided_call_id = ${callId}, version = version + 1, modified_date = ${ctx.now}
     where task_id = ${taskId}`;
  await ctx.tx`
    insert into portal.callers (call_id, name, safe_contact)
    select ${callId}, r.name, r.safe_contact from portal.callers r where r.call_id = ${originalCallId}`;
  const patients = await ctx.tx<{ patientId: string; isRestricted: boolean }[]>`
    insert into portal.call_patients (call_id, patient_id, linked_at, linked_by_agent_id)
    select ${callId}, l.patient_id, ${ctx.now}, ${agentId} from portal.call_patients l where l.call_id = ${originalCallId}
    returning patient_id as "patientId", (select e.is_restricted from portal.patient_exists(patient_id) e) as "isRestricted"`;
  for (const { patientId, isRestricted } of patients) {
    if (isRestricted) continue;
    await ctx.tx`
      insert into portal.patient_openings (opening_id, agent_id, patient_id, because, call_id, opened_at, expires_at)
      values (gen_random_uuid(), ${agentId}, ${patientId}, 'call', ${callId}, ${ctx.now}, ${expiresAt})`;
    ctx.audit({
      action: "patient_open",
      resourceType: "patient",
      resourceId: patientId,
      patientId,
      details: { because: "callback", taskId },
    });
  }
  const [first] = patients;
  if (first !== undefined) {
    await ctx.tx`update portal.call_logs set patient_id = ${first.patientId} where call_id = ${callId}`;
  }
}

/** Nobody of this programme calls the number any more. */
export async function forbidCalls(
  ctx: WorkContext,
  row: CallbackRow,
  agentId: string,
): Promise<void> {
  const digits = row.phone?.replace(/\D/g, "").slice(-10) ?? "";
  if (digits.length < 7 || row.programmeId === null) return;
  await ctx.tx`
    insert into portal.do_not_call (phone_digits, programme_id, since, agent_id)
    values (${digits}, ${row.programmeId}, ${ctx.now}, ${agentId}) on conflict do nothing`;
}
