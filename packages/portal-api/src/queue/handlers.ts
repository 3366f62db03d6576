import { routes } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";

const declineOffer = handle(routes.declineOffer, async (ctx, { params, body }) => {
  // The offer ends now; the routing loop, which may touch the call, puts the caller back within its next turn.
  const rows = await ctx.tx<{ callId: string }[]>`
    update portal.call_offers set expires_at = clock_timestamp(), because = ${`declined_${body.reason}`}
     where offer_id = ${params.offerId} and agent_id = ${ctx.session.agentId} and outcome is null
    returning call_id as "callId"`;
  const [row] = rows;
  if (row === undefined) throw new PortalError("OFFER_ENDED", `offer ${params.offerId} is over`);
  ctx.audit({ resourceType: "call", resourceId: row.callId, details: { reason: body.reason } });
  return undefined;
});

interface MissedRow {
  readonly offerId: string;
  readonly callId: string;
  readonly queueName: string | null;
  readonly offeredAt: Date;
  readonly endedAt: Date;
  readonly outcome: "missed" | "withdrawn";
  readonly because: "timed_out" | "caller_left" | "failover";
}

const listMissedOffers = handle(routes.listMissedOffers, async (ctx) => {
  const since = new Date(ctx.now.getTime() - 8 * 3_600_000);
  // The call itself is hidden from this agent by now, so the offer carries its queue's name.
  const rows = await ctx.tx<MissedRow[]>`
    select o.offer_id as "offerId", o.call_id as "callId", o.queue_name as "queueName", o.offered_at as "offeredAt",
           o.ended_at as "endedAt", o.outcome, o.because
      from portal.call_offers o
     where o.agent_id = ${ctx.session.agentId} and o.outcome in ('missed', 'withdrawn') and o.ended_at > ${since}
     order by o.ended_at desc, o.offer_id limit 20`;
  const items = rows.map((row) => ({
    ...row,
    offeredAt: row.offeredAt.toISOString(),
    endedAt: row.endedAt.toISOString(),
  }));
  return { body: { items } };
});

/** Handlers of offers. */
export const queueHandlers: readonly RegisteredHandler[] = [declineOffer, listMissedOffers];
