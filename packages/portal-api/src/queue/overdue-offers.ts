import { writePresence, writeStatus } from "../agents/index.ts";
import { addTimeline, type CallRow, lockCall, tellCall } from "../calls/index.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { endOffer, makeOffer, type OpenOffer, returnCall } from "./offers.sql.ts";

/** Offers that are over: expired, declined, or made under an older term. At most 100 a turn. */
export async function readOverdue(tx: Tx, isLocked: boolean): Promise<OpenOffer[]> {
  return tx<OpenOffer[]>`
    select o.offer_id as "offerId", o.call_id as "callId", o.agent_id as "agentId", o.offered_at as "offeredAt",
           o.expires_at as "expiresAt", o.origin, o.because, o.expires_at <= clock_timestamp() as "isExpired"
      from portal.call_offers o join portal.call_logs c on c.call_id = o.call_id
     where o.outcome is null and (o.expires_at <= clock_timestamp() or o.term < (select max(t.term) from continuity.terms t))
     order by o.offered_at, o.offer_id limit 100
     ${isLocked ? tx`for update of c, o skip locked` : tx``}`;
}

/** A ringing offer of the old term rings again at the same agent, with its full time: the screens were away too. */
async function offerAgain(ctx: WorkContext, call: CallRow, offer: OpenOffer): Promise<void> {
  await endOffer(ctx, call, offer, "withdrawn", "failover");
  await makeOffer(ctx, call, offer.agentId, "again");
}

/** An agent who did not answer is set on break with that reason, so that the next caller does not ring into the void. */
async function missed(ctx: WorkContext, call: CallRow, offer: OpenOffer): Promise<void> {
  const isDeclined = offer.because?.startsWith("declined") === true;
  const outcome = isDeclined ? "declined" : "missed";
  await endOffer(
    ctx,
    call,
    offer,
    outcome,
    isDeclined ? (offer.because ?? "declined") : "timed_out",
  );
  await returnCall(ctx, call, offer.agentId);
  await addTimeline(
    ctx,
    call.callId,
    isDeclined ? "offer_declined" : "offer_missed",
    offer.agentId,
  );
  if (isDeclined) await writePresence(ctx, offer.agentId, { state: "available" });
  else {
    await writePresence(ctx, offer.agentId, { state: "on_break", reason: "missed_offer" });
    await writeStatus(ctx.tx, offer.agentId, "on_break");
  }
  ctx.audit({
    action: `call_offer_${outcome}`,
    resourceType: "call",
    resourceId: call.callId,
    details: { agentId: offer.agentId },
  });
  if (call.otherAgentId === offer.agentId && call.agentId !== null) {
    await tellCall(ctx, call.callId, call.agentId);
  }
}

/** Ends what is overdue; answers how many offers it was. */
export async function settleOverdue(ctx: WorkContext): Promise<number> {
  const overdue = await readOverdue(ctx.tx, true);
  for (const offer of overdue) {
    const call = await lockCall(ctx.tx, offer.callId);
    const settle = offer.isExpired ? missed : offerAgain;
    await settle(ctx, call, offer);
  }
  return overdue.length;
}
