import type { OfferEvent } from "@careline/portal-contract/queue/schemas.ts";
import { writePresence } from "../agents/index.ts";
import { addTimeline, type CallRow, moveCall, toOffer } from "../calls/index.ts";
import type { WorkContext } from "../serving/index.ts";

export interface OpenOffer {
  readonly offerId: string;
  readonly callId: string;
  readonly agentId: string;
  readonly offeredAt: Date;
  readonly expiresAt: Date;
  readonly origin: OfferEvent["origin"];
  readonly because: string | null;
  readonly isExpired: boolean;
}

interface QueueFacts {
  readonly queueName: string | null;
  readonly programmeName: string | null;
  readonly offerTimeoutSeconds: number;
}

async function readQueueFacts(ctx: WorkContext, call: CallRow): Promise<QueueFacts> {
  const [row] = await ctx.tx<QueueFacts[]>`
    select q.name as "queueName", p.name as "programmeName", q.offer_timeout_seconds as "offerTimeoutSeconds"
      from portal.queues q join portal.programmes p on p.programme_id = q.programme_id
     where q.queue_id = ${call.queueId}`;
  return row ?? { queueName: null, programmeName: null, offerTimeoutSeconds: 20 };
}

type Outcome = NonNullable<OfferEvent["offer"]["outcome"]>;

/** Tells the agent's screens that a call rings (`outcome` null), or rings no more. */
function tellOffer(
  ctx: WorkContext,
  call: CallRow,
  offer: Pick<OpenOffer, "offerId" | "callId" | "agentId" | "offeredAt" | "expiresAt" | "origin">,
  outcome: Outcome | null,
  remainingMs: number,
  facts: Omit<QueueFacts, "offerTimeoutSeconds">,
): void {
  const { offerId, callId, agentId, offeredAt, expiresAt, origin } = offer;
  const data: OfferEvent = {
    offer: toOffer({ offerId, callId, agentId, offeredAt, expiresAt, outcome, remainingMs }),
    ...facts,
    language: call.language,
    statedReason: call.statedReason,
    callerPhoneNumber: outcome === null && !call.isNumberHidden ? call.callerPhoneNumber : null,
    waitedMs: Math.max(0, ctx.now.getTime() - (call.queuedAt ?? call.startedAt).getTime()),
    origin,
  };
  ctx.publish({ kind: "offer", data, audience: { agents: [agentId] } });
}

/**
 * Lets a locked call ring at a locked, free agent. The unique indexes of `call_offers` and `call_logs` hold that no caller is
 * in two hands, whatever else runs.
 */
export async function makeOffer(
  ctx: WorkContext,
  call: CallRow,
  agentId: string,
  origin: OfferEvent["origin"],
): Promise<void> {
  const { offerTimeoutSeconds, ...facts } = await readQueueFacts(ctx, call);
  // The database's clock begins and ends an offer: portals' clocks may differ after a failover.
  const [row] = await ctx.tx<{ offerId: string; offeredAt: Date; expiresAt: Date }[]>`
    insert into portal.call_offers (offer_id, call_id, agent_id, origin, offered_at, expires_at, term, queue_name)
    values (gen_random_uuid(), ${call.callId}, ${agentId}, ${origin}, clock_timestamp(),
            clock_timestamp() + make_interval(secs => ${offerTimeoutSeconds}), portal.current_term(), ${facts.queueName})
    returning offer_id as "offerId", offered_at as "offeredAt", expires_at as "expiresAt"`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  await Promise.all([
    writePresence(ctx, agentId, { state: "offered", callId: call.callId }),
    addTimeline(ctx, call.callId, "offered", agentId),
  ]);
  const offer = { ...row, callId: call.callId, agentId, origin };
  tellOffer(ctx, call, offer, null, offerTimeoutSeconds * 1_000, facts);
  ctx.audit({
    action: "call_offer",
    resourceType: "call",
    resourceId: call.callId,
    details: { agentId, origin },
  });
}

/** Ends an open offer with its outcome and tells the agent why. What becomes of agent and call is the caller's business. */
export async function endOffer(
  ctx: WorkContext,
  call: CallRow,
  offer: OpenOffer,
  outcome: "missed" | "declined" | "withdrawn",
  because: string,
): Promise<void> {
  await ctx.tx`
    update portal.call_offers set outcome = ${outcome}, because = ${because}, ended_at = ${ctx.now}
     where offer_id = ${offer.offerId}`;
  const { offerTimeoutSeconds: _, ...facts } = await readQueueFacts(ctx, call);
  tellOffer(ctx, call, offer, outcome, 0, facts);
}

/** The caller goes back to their place in the queue; or, in a consultation, stays on hold with the first agent. */
export async function returnCall(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  if (call.otherAgentId === agentId) {
    await moveCall(ctx, call, "consult_refused", { other_agent_id: null, has_other_joined: false });
    return;
  }
  if (call.state !== "ringing") return;
  await moveCall(ctx, call, "stop_ringing", { agent_id: null, team_id: null });
}

/** The agent's team stands on the call, so that its supervisor sees it. */
export async function assignCall(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const [agent] = await ctx.tx<{ teamId: string | null }[]>`
    select team_id as "teamId" from portal.agents where agent_id = ${agentId}`;
  await moveCall(ctx, call, "ring", { agent_id: agentId, team_id: agent?.teamId ?? null });
}
