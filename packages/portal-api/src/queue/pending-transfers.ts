import { lockPresence, writePresence } from "../agents/index.ts";
import {
  addTimeline,
  type CallRow,
  changeCall,
  lockCall,
  moveCall,
  tellCall,
} from "../calls/index.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { endOffer, makeOffer, type OpenOffer } from "./offers.sql.ts";

/** Calls whose hand-over agents asked for. At most 50 a turn. */
export async function readPendingTransfers(
  tx: Tx,
  isLocked: boolean,
): Promise<{ callId: string }[]> {
  return tx<{ callId: string }[]>`
    select call_id as "callId" from portal.call_logs where pending_transfer is not null
     order by call_id limit 50 ${isLocked ? tx`for update skip locked` : tx``}`;
}

/** The record under which the receiving agent has the same caller: everything but what the first agent wrote. */
async function continueCall(
  ctx: WorkContext,
  call: CallRow,
  into: { readonly state: "offered" | "connected"; readonly agentId: string | null },
): Promise<string> {
  const [row] = await ctx.tx<{ callId: string }[]>`
    insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id, provider_sequence, queue_id,
           programme_id, language, priority, stated_reason, caller_phone_number, is_number_hidden, call_start_time,
           queued_at, preferred_agent_id, continues_call_id, patient_id, agent_id, team_id, connected_at, agent_region)
    select gen_random_uuid(), c.call_type, ${into.state}, c.provider, c.provider_call_id, c.provider_sequence, c.queue_id,
           c.programme_id, c.language, 1, c.stated_reason, c.caller_phone_number, c.is_number_hidden, ${ctx.now},
           ${ctx.now}, c.transfer_agent_id, c.call_id, c.patient_id, ${into.agentId}::uuid,
           (select a.team_id from portal.agents a where a.agent_id = ${into.agentId}::uuid),
           case when ${into.state} = 'connected' then ${ctx.now}::timestamptz end,
           case when ${into.state} = 'connected' then ${ctx.site} end
      from portal.call_logs c where c.call_id = ${call.callId}
    returning call_id as "callId"`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  await Promise.all([
    ctx.tx`
      insert into portal.callers (call_id, name, relationship, authority, safe_contact)
      select ${row.callId}, name, relationship, authority, safe_contact
        from portal.callers where call_id = ${call.callId}`,
    ctx.tx`
      insert into portal.call_patients (call_id, patient_id, linked_at, linked_by_agent_id)
      select ${row.callId}, patient_id, ${ctx.now}, linked_by_agent_id
        from portal.call_patients where call_id = ${call.callId}`,
    // The same caller: what was said of them still holds, once the colleague has verified the patient again.
    ctx.tx`
      insert into portal.caller_standings (call_id, patient_id, relationship, authority, said_by_agent_id, said_at)
      select ${row.callId}, patient_id, relationship, authority, said_by_agent_id, said_at
        from portal.caller_standings where call_id = ${call.callId}`,
    addTimeline(
      ctx,
      row.callId,
      into.state === "connected" ? "transferred" : "queued",
      into.agentId,
    ),
  ]);
  return row.callId;
}

async function findOpenOffer(ctx: WorkContext, callId: string): Promise<OpenOffer | undefined> {
  const [offer] = await ctx.tx<OpenOffer[]>`
    select offer_id as "offerId", call_id as "callId", agent_id as "agentId", offered_at as "offeredAt",
           expires_at as "expiresAt", origin, because, false as "isExpired"
      from portal.call_offers where call_id = ${callId} and outcome is null`;
  return offer;
}

/** Rings the colleague who is asked in; without them the caller stays on hold with the first agent. */
async function ringColleague(ctx: WorkContext, call: CallRow, colleagueId: string): Promise<void> {
  const presence = await lockPresence(ctx.tx, colleagueId, ctx.now);
  if (call.state === "consulting" && presence.state === "available") {
    await makeOffer(ctx, call, colleagueId, "transfer");
    return;
  }
  if (call.state !== "consulting") return;
  await moveCall(ctx, call, "consult_refused", { other_agent_id: null });
  await addTimeline(ctx, call.callId, "returned", colleagueId);
}

async function release(ctx: WorkContext, call: CallRow, colleagueId: string): Promise<void> {
  const offer = await findOpenOffer(ctx, call.callId);
  if (offer?.agentId === colleagueId) await endOffer(ctx, call, offer, "withdrawn", "caller_left");
  const presence = await lockPresence(ctx.tx, colleagueId, ctx.now);
  if (presence.callId !== call.callId) return;
  await writePresence(ctx, colleagueId, presence.next ?? { state: "available" });
}

async function complete(ctx: WorkContext, call: CallRow, colleagueId: string): Promise<string> {
  const callId = await continueCall(ctx, call, { state: "connected", agentId: colleagueId });
  await writePresence(ctx, colleagueId, { state: "on_call", callId });
  await tellCall(ctx, callId, colleagueId);
  return callId;
}

/**
 * Carries out the hand-overs that agents asked for; answers the provider's calls that got a new record, whose log has to be
 * looked at again: the caller may have left in between.
 */
export async function settleTransfers(ctx: WorkContext): Promise<CallRow[]> {
  const continued: CallRow[] = [];
  for (const { callId } of await readPendingTransfers(ctx.tx, true)) {
    const call = await lockCall(ctx.tx, callId);
    const { transferAgentId } = call;
    await changeCall(ctx, callId, { pending_transfer: null });
    if (transferAgentId === null) continue;
    if (call.pendingTransfer === "consult") await ringColleague(ctx, call, transferAgentId);
    if (call.pendingTransfer === "release") await release(ctx, call, transferAgentId);
    if (call.pendingTransfer === "blind") {
      continued.push(call);
      await continueCall(ctx, call, { state: "offered", agentId: null });
    }
    if (call.pendingTransfer === "complete") {
      continued.push(call);
      await complete(ctx, call, transferAgentId);
    }
    if (call.agentId !== null) await tellCall(ctx, callId, call.agentId);
    ctx.audit({
      action: "call_hand_over",
      resourceType: "call",
      resourceId: callId,
      details: { kind: call.pendingTransfer, toAgentId: transferAgentId },
    });
  }
  return continued;
}
