import type { CarrierCall, ProviderEvent } from "@careline/portal-contract/telephony/schemas.ts";
import { writePresence } from "../agents/index.ts";
import {
  addTimeline,
  lockCall,
  moveCall,
  sendCommand,
  spokenStates,
  tellCall,
} from "../calls/index.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { derivedId } from "./derived-id.ts";
import { storeEvents } from "./event-log.sql.ts";
import { type LiveRecord, planReconciliation, type Repair } from "./plan-reconciliation.ts";
import { projectCall } from "./projection.ts";

/** At most 1,000 repairs a turn; the next turn does the rest. */
const repairsMax = 1_000;

/** The database's clock, by which a record's age is counted. */
export async function readDatabaseClock(tx: Tx): Promise<Date> {
  const [row] = await tx<{ now: Date }[]>`select clock_timestamp() as now`;
  if (row === undefined) throw new TypeError("a select without from answers one row");
  return row.now;
}

/** Looks what has to be repaired, with the provider's calls as they were at `askedAt` (database's clock). Reads only. */
export async function findRepairs(
  tx: Tx,
  provider: string,
  theirs: readonly CarrierCall[],
  askedAt: Date,
): Promise<readonly Repair[]> {
  const ids = theirs.map((call) => call.providerCallId);
  const [records, recorded] = await Promise.all([
    tx<LiveRecord[]>`
      select c.call_id as "callId", c.provider_call_id as "providerCallId", c.agent_id as "agentId",
             c.state in ('connected', 'held', 'consulting', 'conferenced') as "isSpoken",
             exists (select 1 from portal.telephony_commands k
                      where k.provider = c.provider and k.provider_call_id = c.provider_call_id
                        and k.finished_at is null) as "hasOpenCommands",
             c.created_date > ${askedAt}::timestamptz - interval '5 seconds' as "isYoung"
        from portal.call_logs c
       where c.provider = ${provider}
         and c.state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced')
       order by c.call_id limit 5000`,
    tx<{ id: string }[]>`
      select c.provider_call_id as id from portal.call_logs c
       where c.provider = ${provider} and c.provider_call_id = any (${ids}::text[])
      union
      select e.provider_call_id from portal.telephony_events e
       where e.provider = ${provider} and e.provider_call_id = any (${ids}::text[]) and e.kind = 'arrived'`,
  ]);
  const known = new Set(recorded.map((row) => row.id));
  return planReconciliation(records, known, theirs).slice(0, repairsMax);
}

/** An event that nobody told us: derived from what the provider holds, with an id that both regions derive alike. */
function derivedEvent(
  provider: string,
  event: Pick<ProviderEvent, "providerCallId" | "sequence" | "occurredAt" | "data">,
): ProviderEvent {
  const { providerCallId, sequence, data } = event;
  return {
    ...event,
    eventId: derivedId("reconciled", provider, providerCallId, data.kind, String(sequence)),
  };
}

function arrivalOf(provider: string, call: CarrierCall): ProviderEvent {
  const { providerCallId, from, queueCode, language, statedReason, priority } = call;
  return derivedEvent(provider, {
    providerCallId,
    sequence: 1,
    occurredAt: call.startedAt,
    data: { kind: "arrived", from, queueCode, language, statedReason, priority },
  });
}

function endOf(provider: string, providerCallId: string, at: Date): ProviderEvent {
  return derivedEvent(provider, {
    providerCallId,
    // Above every real number: after an end nothing happens.
    sequence: 1_000_000,
    occurredAt: at.toISOString(),
    data: { kind: "ended", by: "carrier" },
  });
}

async function adoptConnection(ctx: WorkContext, callId: string, agentId: string): Promise<void> {
  const call = await lockCall(ctx.tx, callId);
  if (call.state !== "offered" && call.state !== "ringing") return;
  const busy = await ctx.tx`
    select 1 from portal.call_logs where agent_id = ${agentId} and call_id <> ${call.callId}
       and state in ('ringing', 'connected', 'held', 'consulting', 'conferenced')`;
  if (busy.length > 0) {
    // The agent went on to another caller; this one waits again, at their old place.
    await sendCommand(ctx, call, { kind: "requeue" });
    return;
  }
  await ctx.tx`
    update portal.call_offers set outcome = 'accepted', ended_at = ${ctx.now}
     where call_id = ${call.callId} and outcome is null`;
  const [agent] = await ctx.tx<{ teamId: string | null }[]>`
    select team_id as "teamId" from portal.agents where agent_id = ${agentId}`;
  await moveCall(ctx, call, "found_connected", {
    agent_id: agentId,
    team_id: agent?.teamId ?? null,
    connected_at: call.connectedAt ?? ctx.now,
    agent_region: ctx.site,
  });
  await writePresence(ctx, agentId, { state: "on_call", callId: call.callId });
  await addTimeline(ctx, call.callId, "reconciled", agentId);
  await tellCall(ctx, call.callId, agentId);
}

async function connectAgain(ctx: WorkContext, callId: string): Promise<void> {
  const call = await lockCall(ctx.tx, callId);
  if (call.agentId === null || !spokenStates.includes(call.state)) return;
  await sendCommand(ctx, call, { kind: "connect", agentId: call.agentId });
}

/** Carries out one repair, in a commit of its own; looks again under lock, since the world went on. */
export async function repair(ctx: WorkContext, provider: string, what: Repair): Promise<void> {
  ctx.audit({ resourceType: "telephony", resourceId: null, details: { repair: what.kind } });
  switch (what.kind) {
    case "arrival":
      await storeEvents(ctx, provider, [arrivalOf(provider, what.call)], "reconciliation");
      await projectCall(ctx, provider, what.call.providerCallId);
      return;
    case "end":
      await storeEvents(
        ctx,
        provider,
        [endOf(provider, what.providerCallId, ctx.now)],
        "reconciliation",
      );
      await projectCall(ctx, provider, what.providerCallId);
      return;
    case "adopt":
      await adoptConnection(ctx, what.callId, what.agentId);
      return;
    case "connect-again":
      await connectAgain(ctx, what.callId);
      return;
  }
}
