import { writePresence, writeStatus } from "../agents/index.ts";
import { addTimeline, type CallRow, lockCall, moveCall } from "../calls/index.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { readFree, readWaiting } from "./candidates.sql.ts";
import { matchCalls } from "./match-calls.ts";
import { assignCall, makeOffer } from "./offers.sql.ts";
import { readOverdue, settleOverdue } from "./overdue-offers.ts";
import { readPendingTransfers, settleTransfers } from "./pending-transfers.ts";

/** Nobody is routed to who signed out half a minute ago without going offline. */
const signedOutSeconds = 30;

interface Orphans {
  /** "Offered" without an offer: what a failover left half. */
  readonly agentIds: readonly string[];
  /** An inbound call that rings nowhere. */
  readonly callIds: readonly string[];
  /** Available, but without any session that has not ended. */
  readonly signedOutIds: readonly string[];
}

async function readOrphans(tx: Tx): Promise<Orphans> {
  const [row] = await tx<Orphans[]>`
    select coalesce((select array_agg(p.agent_id) from portal.agent_presence p
              where p.state = 'offered' and not exists (select 1 from portal.call_offers o
                where o.agent_id = p.agent_id and o.outcome is null)), '{}') as "agentIds",
           coalesce((select array_agg(c.call_id) from portal.call_logs c
              where c.state = 'ringing' and c.call_type = 'inbound' and not exists (select 1 from portal.call_offers o
                where o.call_id = c.call_id and o.outcome is null)), '{}') as "callIds",
           coalesce((select array_agg(p.agent_id) from portal.agent_presence p
              where p.state = 'available' and p.since < now() - make_interval(secs => ${signedOutSeconds})
                and not exists (select 1 from portal.sessions s
                  where s.agent_id = p.agent_id and s.ended_at is null and s.expires_at > now())), '{}') as "signedOutIds"`;
  return row ?? { agentIds: [], callIds: [], signedOutIds: [] };
}

async function settleOrphans(ctx: WorkContext): Promise<void> {
  const { agentIds, callIds, signedOutIds } = await readOrphans(ctx.tx);
  for (const callId of callIds) {
    const call = await lockCall(ctx.tx, callId);
    if (call.state !== "ringing") continue;
    await moveCall(ctx, call, "stop_ringing", { agent_id: null, team_id: null });
    await addTimeline(ctx, callId, "reconciled", null);
  }
  for (const agentId of agentIds) await writePresence(ctx, agentId, { state: "available" });
  for (const agentId of signedOutIds) {
    await writePresence(ctx, agentId, { state: "offline", reason: "connection_lost" });
    await writeStatus(ctx.tx, agentId, "offline");
  }
}

/** Whether a turn of routing would change anything: the same questions without locks. */
export async function hasRoutingWork(
  tx: Tx,
  preferredSeconds: number,
  nowMs: number,
): Promise<boolean> {
  const [overdue, transfers, orphans, waiting] = await Promise.all([
    readOverdue(tx, false),
    readPendingTransfers(tx, false),
    readOrphans(tx),
    readWaiting(tx, preferredSeconds, false),
  ]);
  const left = [orphans.agentIds, orphans.callIds, orphans.signedOutIds, overdue, transfers];
  if (left.some((list) => list.length > 0)) return true;
  if (waiting.length === 0) return false;
  return matchCalls(waiting, await readFree(tx, false), nowMs).length > 0;
}

/**
 * One turn of routing, in one commit: ends overdue offers, carries out hand-overs, offers waiting callers to free agents.
 * `lookAgain` brings a call that got a new record up to its provider's log: the caller may have left in between.
 */
export async function routeCalls(
  ctx: WorkContext,
  preferredSeconds: number,
  lookAgain: (call: CallRow) => Promise<unknown>,
): Promise<void> {
  await settleOverdue(ctx);
  for (const call of await settleTransfers(ctx)) await lookAgain(call);
  await settleOrphans(ctx);
  const waiting = await readWaiting(ctx.tx, preferredSeconds, true);
  const free = waiting.length === 0 ? [] : await readFree(ctx.tx, true);
  for (const match of matchCalls(waiting, free, ctx.now.getTime())) {
    const call = await lockCall(ctx.tx, match.callId);
    await assignCall(ctx, call, match.agentId);
    await makeOffer(ctx, call, match.agentId, call.continuesCallId === null ? "queue" : "transfer");
  }
}
