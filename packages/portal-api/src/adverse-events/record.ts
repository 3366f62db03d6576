import { routes } from "@careline/portal-contract";
import type {
  AdverseEvent,
  AdverseEventFields,
} from "@careline/portal-contract/adverse-events/schemas.ts";
import { addTimeline, lockCall, tellCall } from "../calls/index.ts";
import { PortalError, staleVersion } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { boundAwareness, dayInZone } from "./awareness.ts";
import { readEvent, summaryColumns, withoutCardNumbers, writeChildren } from "./event.sql.ts";

async function mustRead(ctx: WorkContext, eventId: string): Promise<AdverseEvent> {
  const event = await readEvent(ctx.tx, eventId);
  if (event === undefined)
    throw new PortalError("NOT_FOUND", `no report ${eventId} for this viewer`);
  return event;
}

/** A patient that the reporter names must have been opened or linked by then: no probing by ids. */
async function requirePatient(
  ctx: WorkContext,
  callId: string,
  { patient }: AdverseEventFields,
): Promise<void> {
  if (patient.patientId === null) return;
  const known = await ctx.tx`
    select 1 from portal.patients where patient_id = ${patient.patientId}
    union all
    select 1 from portal.call_patients where call_id = ${callId} and patient_id = ${patient.patientId}`;
  if (known.length === 0)
    throw new PortalError("NOT_FOUND", `patient ${patient.patientId} is not open`);
}

/** Columns of day 0: what the client said, and what the server's evidence allows of it. */
function awarenessColumns(
  said: { readonly clientInstant: string; readonly zone: string },
  callStartedAt: Date,
  receivedAt: Date,
) {
  const bounded = boundAwareness({
    clientInstantMs: Date.parse(said.clientInstant),
    callStartMs: callStartedAt.getTime(),
    receivedMs: receivedAt.getTime(),
  });
  const day = dayInZone(bounded.instantMs, said.zone);
  const at = new Date(bounded.instantMs);
  return {
    awareness_client_instant: said.clientInstant,
    awareness_zone: said.zone,
    awareness_at: at,
    awareness_day: day ?? at.toISOString().slice(0, 10),
    awareness_is_corrected: bounded.isCorrected || day === null,
  };
}

/** `AE-2026-000123`, drawn inside the `geo` commit that uses it; a refused report leaves a gap, never a repeat. */
async function drawEventNumber(ctx: WorkContext): Promise<string> {
  const [row] = await ctx.tx<{ number: string }[]>`
    select lpad(nextval('portal.adverse_event_number_seq')::text, 6, '0') as number`;
  return `AE-${ctx.now.getUTCFullYear()}-${row?.number ?? ""}`;
}

const createAdverseEvent = handle(routes.createAdverseEvent, async (ctx, { body }) => {
  const { agentId } = ctx.session;
  const { eventId, callId, awareness, ...typed } = body;
  const call = await lockCall(ctx.tx, callId);
  await requirePatient(ctx, callId, typed);
  const fields = withoutCardNumbers(typed);
  const row = {
    event_id: eventId,
    event_number: await drawEventNumber(ctx),
    call_id: callId,
    reported_by_agent_id: agentId,
    created_date: ctx.now,
    ...awarenessColumns(awareness, call.startedAt, ctx.now),
    ...summaryColumns(fields),
  };
  const added = await ctx.tx`
    insert into portal.adverse_events ${ctx.tx(row)} on conflict (event_id) do nothing`;
  if (added.count === 0) throw new PortalError("ALREADY_EXISTS", `report ${eventId} exists`);
  await writeChildren(ctx.tx, eventId, fields);
  await Promise.all([
    addTimeline(ctx, callId, "adverse_event_recorded", agentId),
    ctx.tx`update portal.tasks set state = 'done', version = version + 1, modified_date = ${ctx.now}
            where call_id = ${callId} and kind = 'screen_without_case' and state = 'open'`,
  ]);
  ctx.audit({
    resourceType: "adverse_event",
    resourceId: eventId,
    patientId: fields.patient.patientId,
    details: { callId },
  });
  await tellCall(ctx, callId, agentId);
  const event = await mustRead(ctx, eventId);
  return { body: event, version: event.version };
});

/** The draft, locked. Errors: NOT_FOUND, ADVERSE_EVENT_LOCKED once it was handed over. */
async function lockDraft(
  ctx: WorkContext,
  eventId: string,
): Promise<{ version: number; callId: string }> {
  const [row] = await ctx.tx<{ version: number; state: string; callId: string }[]>`
    select version::int as version, state, call_id as "callId"
      from portal.adverse_events where event_id = ${eventId} for update`;
  if (row === undefined) throw new PortalError("NOT_FOUND", `no report ${eventId} for this viewer`);
  if (row.state !== "draft")
    throw new PortalError("ADVERSE_EVENT_LOCKED", `report ${eventId} is in ${row.state}`);
  return row;
}

const updateAdverseEvent = handle(routes.updateAdverseEvent, async (ctx, { params, body }) => {
  const { eventId } = params;
  const draft = await lockDraft(ctx, eventId);
  if (draft.version !== ctx.expectedVersion) throw staleVersion(ctx.expectedVersion, draft.version);
  await requirePatient(ctx, draft.callId, body);
  const fields = withoutCardNumbers(body);
  await ctx.tx`update portal.adverse_events set ${ctx.tx(summaryColumns(fields))} where event_id = ${eventId}`;
  await writeChildren(ctx.tx, eventId, fields);
  ctx.audit({
    resourceType: "adverse_event",
    resourceId: eventId,
    patientId: fields.patient.patientId,
  });
  const event = await mustRead(ctx, eventId);
  return { body: event, version: event.version };
});

const handOver = handle(routes.handOverAdverseEvent, async (ctx, { params }) => {
  await lockDraft(ctx, params.eventId);
  await ctx.tx`update portal.adverse_events set state = 'triage' where event_id = ${params.eventId}`;
  ctx.audit({ resourceType: "adverse_event", resourceId: params.eventId });
  const event = await mustRead(ctx, params.eventId);
  return { body: event, version: event.version };
});

const readAdverseEvent = handle(routes.readAdverseEvent, async (ctx, { params }) => {
  ctx.audit({ resourceType: "adverse_event", resourceId: params.eventId });
  const event = await mustRead(ctx, params.eventId);
  return { body: event, version: event.version };
});

/** Handlers of recording a report (HCC-POR-05). */
export const recordHandlers: readonly RegisteredHandler[] = [
  createAdverseEvent,
  updateAdverseEvent,
  handOver,
  readAdverseEvent,
];
