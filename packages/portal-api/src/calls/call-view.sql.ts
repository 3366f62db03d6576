import type { Call, Offer } from "@careline/portal-contract/calls/schemas.ts";
import { maskPhone } from "@careline/portal-contract/patients/masking.ts";
import type { Tx } from "../database/index.ts";
import { closeBlockers } from "./call-state.ts";

type Instant = Date | string;
type Instants = "callStartTime" | "connectedAt" | "callEndTime" | "wrapUpDueAt";
type Built = "caller" | "patients" | "screen" | "wrapUp" | "offer" | "callback" | "closeBlockedBy";

/** JSON made by PostgreSQL writes instants with an offset; columns come as Date. */
interface ViewRow extends Omit<Call, Instants | Built> {
  readonly callStartTime: Date;
  readonly connectedAt: Date | null;
  readonly callEndTime: Date | null;
  readonly wrapUpDueAt: Date | null;
  readonly caller: Omit<NonNullable<Call["caller"]>, "phone"> | null;
  readonly patients: Call["patients"];
  readonly screen: Call["screen"];
  readonly offer: StoredOffer | null;
  readonly wrapUpCode: string | null;
  readonly reason: Call["wrapUp"]["reason"];
  readonly resolution: string | null;
  readonly followUpRequired: boolean;
  readonly followUpDate: Date | null;
  readonly isWrapUpCodeRequired: boolean;
  readonly isNumberHidden: boolean;
  readonly taskId: string | null;
  readonly originalCallId: string | null;
}

/** An offer as it is stored; `remainingMs` counted by the database, whose clock also ends it. */
export interface StoredOffer extends Omit<Offer, "offeredAt" | "expiresAt"> {
  readonly offeredAt: Instant;
  readonly expiresAt: Instant;
}

const instant = (value: Instant): string => new Date(value).toISOString();
const instantOrNull = (value: Instant | null): string | null =>
  value === null ? null : instant(value);

/** Who looks: decides whether the caller's number is shown in full. */
export interface Viewer {
  readonly agentId: string;
}

/** Calls as `viewer` may see them; those that row-level security hides are left out. Order of `callIds` is kept. */
export async function readCallViews(
  tx: Tx,
  callIds: readonly string[],
  viewer: Viewer,
): Promise<Call[]> {
  if (callIds.length === 0) return [];
  const rows = await tx<ViewRow[]>`
    select c.call_id as "callId", c.version::int as version, c.state, c.call_type as type,
           c.call_status as status, c.queue_id as "queueId", c.programme_id as "programmeId",
           c.agent_id as "agentId", c.other_agent_id as "otherAgentId", c.language, c.priority,
           c.stated_reason as "statedReason", c.caller_phone_number as "callerPhoneNumber",
           c.call_start_time as "callStartTime", c.connected_at as "connectedAt",
           c.call_end_time as "callEndTime", c.call_duration as "callDuration",
           c.wrap_up_due_at as "wrapUpDueAt", c.agent_region as "agentRegion",
           c.recording_url as "recordingUrl", c.recording_region as "recordingRegion", c.transcript,
           c.satisfaction_rating as "satisfactionRating", c.wrap_up_code as "wrapUpCode",
           c.call_reason as reason, c.resolution, c.follow_up_required as "followUpRequired",
           c.follow_up_date as "followUpDate", c.is_number_hidden as "isNumberHidden",
           c.task_id as "taskId", c.original_call_id as "originalCallId",
           coalesce(q.is_wrap_up_code_required, true) as "isWrapUpCodeRequired",
           (select json_build_object('name', r.name, 'relationship', r.relationship, 'authority', r.authority,
                     'safeContact', r.safe_contact, 'version', r.version, 'standings',
                     coalesce((select json_agg(json_build_object('patientId', s.patient_id, 'relationship', s.relationship,
                         'authority', s.authority) order by s.said_at, s.patient_id)
                        from portal.caller_standings s where s.call_id = r.call_id), '[]'))
              from portal.callers r where r.call_id = c.call_id) as caller,
           coalesce((select json_agg(json_build_object('patientId', n.patient_id, 'displayName', n.display_name,
                     'mrn', n.mrn, 'verifiedAt', n.verified_at) order by n.linked_at, n.patient_id)
              from portal.call_patient_names n where n.call_id = c.call_id), '[]') as patients,
           (select json_build_object('answeredAt', s.answered_at, 'answeredByAgentId', s.answered_by_agent_id,
                     'answers', json_build_object('adverse_event', s.adverse_event,
                       'product_complaint', s.product_complaint, 'pregnancy', s.pregnancy,
                       'medication_error', s.medication_error, 'lack_of_effect', s.lack_of_effect))
              from portal.call_screens s where s.call_id = c.call_id) as screen,
           (select json_build_object('offerId', o.offer_id, 'callId', o.call_id, 'agentId', o.agent_id,
                     'offeredAt', o.offered_at, 'expiresAt', o.expires_at, 'outcome', o.outcome,
                     'remainingMs', greatest(0, extract(epoch from o.expires_at - clock_timestamp()) * 1000)::int)
              from portal.call_offers o where o.call_id = c.call_id and o.outcome is null
               and o.agent_id = ${viewer.agentId}) as offer,
           coalesce((select array_agg(e.event_id order by e.created_date, e.event_id)
              from portal.adverse_events e where e.call_id = c.call_id), '{}') as "adverseEventIds"
      from portal.call_logs c left join portal.queues q on q.queue_id = c.queue_id
     where c.call_id = any (${[...callIds]}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.callId as string, toCall(row, viewer)]));
  return callIds.flatMap((callId) => byId.get(callId) ?? []);
}

function shownNumber(row: ViewRow, viewer: Viewer): string | null {
  const number = row.callerPhoneNumber;
  const isHandling = row.agentId === viewer.agentId || row.otherAgentId === viewer.agentId;
  if (number === null) return null;
  return isHandling && row.state !== "closed" && !row.isNumberHidden ? number : maskPhone(number);
}

function toCall(row: ViewRow, viewer: Viewer): Call {
  const {
    wrapUpCode,
    reason,
    resolution,
    followUpRequired,
    followUpDate,
    isWrapUpCodeRequired,
    isNumberHidden: _,
    taskId,
    originalCallId,
    ...rest
  } = row;
  const phone = shownNumber(row, viewer);
  const blockers = closeBlockers({
    state: row.state,
    isScreenAnswered: row.screen !== null,
    reason,
    wrapUpCode,
    isWrapUpCodeRequired,
  });
  return {
    ...rest,
    callerPhoneNumber: phone,
    callStartTime: instant(row.callStartTime),
    connectedAt: instantOrNull(row.connectedAt),
    callEndTime: instantOrNull(row.callEndTime),
    wrapUpDueAt: instantOrNull(row.wrapUpDueAt),
    caller: row.caller === null ? null : { ...row.caller, phone },
    patients: row.patients.map((one) => ({ ...one, verifiedAt: instantOrNull(one.verifiedAt) })),
    screen:
      row.screen === null ? null : { ...row.screen, answeredAt: instant(row.screen.answeredAt) },
    wrapUp: {
      code: wrapUpCode,
      reason,
      resolution,
      followUpRequired,
      followUpDate: instantOrNull(followUpDate),
    },
    offer: row.offer === null ? null : toOffer(row.offer),
    callback: taskId === null || originalCallId === null ? null : { taskId, originalCallId },
    closeBlockedBy: [...blockers],
  };
}

/** An offer as screens receive it. */
export function toOffer(offer: StoredOffer): Offer {
  return { ...offer, offeredAt: instant(offer.offeredAt), expiresAt: instant(offer.expiresAt) };
}
