import type { OpeningHours } from "@careline/portal-contract/programmes/schemas.ts";
import type { ProviderEvent } from "@careline/portal-contract/telephony/schemas.ts";
import {
  addTask,
  addTimeline,
  type CallRow,
  lockCall,
  moveCall,
  sendCommand,
} from "../calls/index.ts";
import { isQueueOpen } from "../programmes/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { derivedId } from "./derived-id.ts";

interface QueueRow {
  readonly queueId: string;
  readonly programmeId: string;
  readonly hours: OpeningHours[];
  readonly zone: string;
}

/** After hours the caller is told so and called back: a task for whoever opens the queue. */
async function turnAway(ctx: WorkContext, call: CallRow): Promise<void> {
  await moveCall(ctx, call, "leave_voicemail", {
    call_status: "voicemail",
    call_end_time: ctx.now,
  });
  await addTimeline(ctx, call.callId, "voicemail", null);
  await addTask(ctx, {
    taskId: null,
    callId: call.callId,
    kind: "callback",
    dueAt: ctx.now,
    instruction: "Called while the queue was closed; call back.",
    agentId: null,
    teamId: null,
    programmeId: call.programmeId,
  });
  await sendCommand(ctx, call, { kind: "hang_up" });
}

/**
 * The record of a caller who arrived; `queued_at` is when the provider says they came, so that a place in the queue survives
 * whatever happened to our own records. A queue that nobody knows leaves the call unrouted; the caller's patience ends it.
 */
export async function createInboundCall(
  ctx: WorkContext,
  provider: string,
  arrival: ProviderEvent,
): Promise<CallRow> {
  const { data } = arrival;
  if (data.kind !== "arrived") throw new TypeError("a call begins with its arrival");
  const callId = derivedId("call", provider, arrival.providerCallId);
  const [queue] = await ctx.tx<QueueRow[]>`
    select queue_id as "queueId", programme_id as "programmeId", hours, zone
      from portal.queues where code = ${data.queueCode}`;
  // The provider's clock may run ahead of ours; nobody waits since the future.
  const since = new Date(Math.min(Date.parse(arrival.occurredAt), ctx.now.getTime()));
  await ctx.tx`
    insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id, provider_sequence,
           queue_id, programme_id, language, priority, stated_reason, caller_phone_number, call_start_time, queued_at)
    values (${callId}, 'inbound', 'offered', ${provider}, ${arrival.providerCallId}, ${arrival.sequence},
            ${queue?.queueId ?? null}, ${queue?.programmeId ?? null}, ${data.language}, ${data.priority},
            ${data.statedReason}, ${data.from}, ${since}, ${since})`;
  await Promise.all([
    ctx.tx`insert into portal.callers (call_id) values (${callId})`,
    addTimeline(ctx, callId, "queued", null),
  ]);
  const call = await lockCall(ctx.tx, callId);
  if (queue === undefined || isQueueOpen(queue.hours, queue.zone, ctx.now)) return call;
  await turnAway(ctx, call);
  return lockCall(ctx.tx, callId);
}
