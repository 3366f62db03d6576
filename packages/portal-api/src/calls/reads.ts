import { routes } from "@careline/portal-contract";
import type { CallSummary } from "@careline/portal-contract/calls/schemas.ts";
import { maskPhone } from "@careline/portal-contract/patients/masking.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type RequestContext } from "../serving/index.ts";
import { readCallViews } from "./call-view.sql.ts";
import { decodeCursor, pageFrom } from "./cursor.ts";
import { readTimeline } from "./timeline.sql.ts";

interface SummaryRow extends Omit<CallSummary, "callStartTime"> {
  readonly callStartTime: Date;
}

const endedStates = ["closed", "abandoned", "voicemail", "missed"];

/** An agent's list starts from their own index; row-level security decides in any case. */
function scopeOf(ctx: RequestContext<typeof routes.listCalls>) {
  const { role, agentId, teamId } = ctx.session;
  if (role === "agent") return ctx.tx`c.agent_id = ${agentId}`;
  if (role === "supervisor" && teamId !== null) return ctx.tx`c.team_id = ${teamId}`;
  return ctx.tx`true`;
}

const listCalls = handle(routes.listCalls, async (ctx, { query }) => {
  const after = decodeCursor(query.cursor);
  const { tx } = ctx;
  const isState =
    query.state === "all"
      ? tx`true`
      : query.state === "ended"
        ? tx`c.state = any (${endedStates})`
        : tx`not c.state = any (${endedStates})`;
  const isAfter =
    after === null
      ? tx`true`
      : tx`(c.call_start_time, c.call_id) < (${after.at}, ${after.id}::uuid)`;
  const rows = await tx<SummaryRow[]>`
    select c.call_id as "callId", c.state, c.call_type as type, c.call_status as status,
           q.name as "queueName", c.agent_id as "agentId", n.display_name as "agentName",
           c.caller_phone_number as "callerPhoneNumber", c.call_reason as reason,
           c.call_start_time as "callStartTime", c.call_duration as "callDuration",
           c.follow_up_required as "followUpRequired", c.version::int as version
      from portal.call_logs c
      left join portal.queues q on q.queue_id = c.queue_id
      left join portal.agent_names n on n.agent_id = c.agent_id
     where ${scopeOf(ctx)} and ${isState} and ${isAfter}
     order by c.call_start_time desc, c.call_id desc limit ${query.limit + 1}`;
  const page = pageFrom(rows, query.limit, (row) => ({ at: row.callStartTime, id: row.callId }));
  ctx.audit({ resourceType: "call", resourceId: null, details: { count: page.items.length } });
  const items = page.items.map((row) => ({
    ...row,
    callStartTime: row.callStartTime.toISOString(),
    callerPhoneNumber: row.callerPhoneNumber === null ? null : maskPhone(row.callerPhoneNumber),
  }));
  return { body: { items, next: page.next } };
});

const readCurrentCalls = handle(routes.readCurrentCalls, async (ctx) => {
  const { agentId } = ctx.session;
  const rows = await ctx.tx<{ callId: string }[]>`
    select call_id as "callId" from portal.call_logs
     where (agent_id = ${agentId} or other_agent_id = ${agentId})
       and state in ('ringing', 'connected', 'held', 'consulting', 'conferenced', 'wrapping')
     order by state = 'wrapping', call_start_time, call_id limit 20`;
  const calls = await readCallViews(
    ctx.tx,
    rows.map((row) => row.callId),
    ctx.session,
  );
  for (const call of calls) ctx.audit({ resourceType: "call", resourceId: call.callId });
  const offer = calls.find((call) => call.offer !== null)?.offer ?? null;
  return { body: { offer, calls } };
});

const readCall = handle(routes.readCall, async (ctx, { params }) => {
  const [call] = await readCallViews(ctx.tx, [params.callId], ctx.session);
  ctx.audit({ resourceType: "call", resourceId: params.callId });
  if (call === undefined)
    throw new PortalError("NOT_FOUND", `no call ${params.callId} for this viewer`);
  return { body: call, version: call.version };
});

const timeline = handle(routes.readTimeline, async (ctx, { params }) => {
  ctx.audit({ resourceType: "call", resourceId: params.callId });
  return { body: { items: await readTimeline(ctx.tx, params.callId) } };
});

/** Handlers that read calls. */
export const callReadHandlers: readonly RegisteredHandler[] = [
  listCalls,
  readCurrentCalls,
  readCall,
  timeline,
];
