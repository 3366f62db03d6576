import { writePresence } from "../agents/index.ts";
import { addTimeline, type CallRow, toOffer } from "../calls/index.ts";
import type { WorkContext } from "../serving/index.ts";

interface OfferRow {
  readonly offerId: string;
  readonly callId: string;
  readonly agentId: string;
  readonly offeredAt: Date;
  readonly expiresAt: Date;
  readonly outcome: "withdrawn";
}

/** Ends the open offer of a call whose caller is gone: the agent is free again, through no fault of theirs. */
export async function withdrawOffer(
  ctx: WorkContext,
  call: CallRow,
  because: "caller_left" | "failover",
): Promise<void> {
  const [row] = await ctx.tx<OfferRow[]>`
    update portal.call_offers set outcome = 'withdrawn', because = ${because}, ended_at = ${ctx.now}
     where call_id = ${call.callId} and outcome is null
    returning offer_id as "offerId", call_id as "callId", agent_id as "agentId", offered_at as "offeredAt",
              expires_at as "expiresAt", outcome`;
  if (row === undefined) return;
  await Promise.all([
    writePresence(ctx, row.agentId, { state: "available" }),
    addTimeline(ctx, call.callId, "offer_withdrawn", row.agentId),
  ]);
  ctx.publish({
    kind: "offer",
    audience: { agents: [row.agentId] },
    data: {
      offer: toOffer({ ...row, remainingMs: 0 }),
      queueName: null,
      programmeName: null,
      language: call.language,
      statedReason: null,
      callerPhoneNumber: null,
      waitedMs: 0,
      origin: "queue",
    },
  });
}
