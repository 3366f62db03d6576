import type { ProviderEvent } from "@careline/portal-contract/telephony/schemas.ts";
import { lockPresence, writePresence } from "../agents/index.ts";
import {
  addTimeline,
  type CallRow,
  changeCall,
  endColumns,
  enterWrapUp,
  liveStates,
  lockCall,
  moveCall,
  spokenStates,
  talkEndColumns,
  tellCall,
} from "../calls/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { createInboundCall } from "./arrival.ts";
import { readCallEvents } from "./event-log.sql.ts";
import { withdrawOffer } from "./withdraw-offer.ts";

/** The record of a provider's call in which somebody is on the line or waits; null when there is none. */
async function lockLiveRecord(
  ctx: WorkContext,
  provider: string,
  providerCallId: string,
): Promise<CallRow | null> {
  const [row] = await ctx.tx<{ callId: string }[]>`
    select call_id as "callId" from portal.call_logs
     where provider = ${provider} and provider_call_id = ${providerCallId}
       and state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced')`;
  return row === undefined ? null : lockCall(ctx.tx, row.callId);
}

async function hasRecord(
  ctx: WorkContext,
  provider: string,
  providerCallId: string,
): Promise<boolean> {
  const rows = await ctx.tx`
    select 1 from portal.call_logs
     where provider = ${provider} and provider_call_id = ${providerCallId} limit 1`;
  return rows.length > 0;
}

/** The agent of an outbound call that reached nobody is free again. */
async function freeAgent(ctx: WorkContext, call: CallRow): Promise<void> {
  if (call.agentId === null) return;
  const presence = await lockPresence(ctx.tx, call.agentId, ctx.now);
  if (presence.callId !== call.callId) return;
  await writePresence(ctx, call.agentId, presence.next ?? { state: "available" });
}

async function endSpoken(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const release =
    call.otherAgentId === null
      ? {}
      : {
          other_agent_id: null,
          has_other_joined: false,
          pending_transfer: "release",
          transfer_agent_id: call.otherAgentId,
        };
  await moveCall(ctx, call, "caller_left", {
    call_status: call.status ?? "completed",
    ...talkEndColumns(call, ctx.now),
    ...release,
  });
  await Promise.all([
    enterWrapUp(ctx, call.callId, agentId),
    addTimeline(ctx, call.callId, "caller_left", null),
  ]);
}

async function applyEnd(ctx: WorkContext, call: CallRow): Promise<void> {
  if (spokenStates.includes(call.state) && call.agentId !== null) {
    await endSpoken(ctx, call, call.agentId);
    return;
  }
  const columns = { call_status: "abandoned", ...endColumns(call, ctx.now) } as const;
  if (call.type === "outbound") {
    await moveCall(ctx, call, "no_answer", columns);
    await freeAgent(ctx, call);
    await addTimeline(ctx, call.callId, "no_answer", null);
    return;
  }
  await moveCall(ctx, call, "caller_left", columns);
  if (call.state === "ringing") await withdrawOffer(ctx, call, "caller_left");
  await addTimeline(ctx, call.callId, "caller_left", null);
}

async function applyVoicemail(ctx: WorkContext, call: CallRow): Promise<void> {
  if (call.state !== "offered" && call.state !== "ringing") return;
  await moveCall(ctx, call, "leave_voicemail", {
    call_status: "voicemail",
    ...endColumns(call, ctx.now),
  });
  await addTimeline(ctx, call.callId, "voicemail", null);
  if (call.type === "outbound") await freeAgent(ctx, call);
  else if (call.state === "ringing") await withdrawOffer(ctx, call, "caller_left");
}

/** What one event does to the live record. What the portal itself commanded it knows already. */
async function applyEvent(ctx: WorkContext, call: CallRow, event: ProviderEvent): Promise<void> {
  switch (event.data.kind) {
    case "connected":
      if (call.type === "outbound" && call.state === "ringing") {
        await moveCall(ctx, call, "callee_answered", { connected_at: ctx.now });
        await addTimeline(ctx, call.callId, "connected", call.agentId);
      }
      return;
    case "ended":
      await applyEnd(ctx, call);
      return;
    case "voicemail":
      await applyVoicemail(ctx, call);
      return;
    case "arrived":
    case "dialling":
    case "held":
    case "resumed":
    case "consulting":
    case "conferenced":
    case "transferred":
    case "requeued":
      return;
  }
}

/**
 * Brings the record of one provider's call up to what the log says. Events count in the order of happening: a late one below
 * the last applied number changes nothing, and an end that arrived before the arrival is applied right after it.
 */
export async function projectCall(
  ctx: WorkContext,
  provider: string,
  providerCallId: string,
): Promise<void> {
  const events = await readCallEvents(ctx.tx, provider, providerCallId);
  let live = await lockLiveRecord(ctx, provider, providerCallId);
  if (live === null) {
    const arrival = events.find((event) => event.data.kind === "arrived");
    if (arrival === undefined || (await hasRecord(ctx, provider, providerCallId))) return;
    live = await createInboundCall(ctx, provider, arrival);
  }
  for (const event of events) {
    if (!liveStates.includes(live.state)) return;
    if (event.sequence <= live.providerSequence) continue;
    await applyEvent(ctx, live, event);
    await changeCall(ctx, live.callId, { provider_sequence: event.sequence });
    const { agentId } = live;
    live = await lockCall(ctx.tx, live.callId);
    if (agentId !== null && live.state !== "ringing") await tellCall(ctx, live.callId, agentId);
  }
}
