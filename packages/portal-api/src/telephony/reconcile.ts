import type { Logger } from "@careline/platform";
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
import type { WorkContext } from "../serving/index.ts";
import { derivedId } from "./derived-id.ts";
import { storeEvents } from "./event-log.sql.ts";
import { projectSafely } from "./webhook.ts";

interface LiveRecord {
  readonly callId: string;
  readonly providerCallId: string;
  readonly hasOpenCommands: boolean;
  readonly isYoung: boolean;
}

/** Records in which somebody is on the line. Young: too new for the provider's list to be expected to hold them. */
async function readLiveRecords(
  ctx: WorkContext,
  provider: string,
  askedAt: Date,
): Promise<LiveRecord[]> {
  return ctx.tx<LiveRecord[]>`
    select c.call_id as "callId", c.provider_call_id as "providerCallId",
           exists (select 1 from portal.telephony_commands k
                    where k.provider = c.provider and k.provider_call_id = c.provider_call_id
                      and k.finished_at is null) as "hasOpenCommands",
           c.created_date > ${askedAt}::timestamptz - interval '5 seconds' as "isYoung"
      from portal.call_logs c
     where c.provider = ${provider}
       and c.state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced')
     order by c.call_id limit 5000`;
}

/** An event that nobody told us: derived from what the provider holds, with an id that both regions derive alike. */
function derivedEvent(
  provider: string,
  providerCallId: string,
  sequence: number,
  occurredAt: string,
  data: ProviderEvent["data"],
): ProviderEvent {
  const eventId = derivedId("reconciled", provider, providerCallId, data.kind, String(sequence));
  return { eventId, providerCallId, sequence, occurredAt, data };
}

function arrivalOf(provider: string, call: CarrierCall): ProviderEvent {
  return derivedEvent(provider, call.providerCallId, 1, call.startedAt, {
    kind: "arrived",
    from: call.from,
    queueCode: call.queueCode,
    language: call.language,
    statedReason: call.statedReason,
    priority: call.priority,
  });
}

/** The provider has the caller talking with an agent whose answer was lost here: the record follows the truth. */
async function adoptConnection(
  ctx: WorkContext,
  record: LiveRecord,
  agentId: string,
): Promise<void> {
  const call = await lockCall(ctx.tx, record.callId);
  if (spokenStates.includes(call.state)) return;
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

/** The record says an agent talks, the provider says the caller waits: the command was lost on the way. */
async function connectAgain(ctx: WorkContext, record: LiveRecord): Promise<void> {
  const call = await lockCall(ctx.tx, record.callId);
  if (call.agentId === null || !spokenStates.includes(call.state)) return;
  await sendCommand(ctx, call, { kind: "connect", agentId: call.agentId });
}

async function alignRecord(
  ctx: WorkContext,
  record: LiveRecord,
  theirs: CarrierCall,
): Promise<void> {
  if (record.hasOpenCommands) return;
  if (theirs.state === "queued") await connectAgain(ctx, record);
  else if (theirs.state !== "dialling" && theirs.agentId !== null) {
    await adoptConnection(ctx, record, theirs.agentId);
  }
}

export interface Reconciled {
  readonly calls: number;
  readonly missingArrivals: number;
  readonly missingEnds: number;
}

/**
 * Compares the records with what the provider holds, as it was at `askedAt`, after a failover and now and then: callers we lost get their record back (at their
 * place), calls that ended meanwhile end here too, connections are believed as the provider has them. Rebuilds from the log first.
 */
export async function reconcileCalls(
  ctx: WorkContext,
  log: Logger,
  provider: string,
  theirs: readonly CarrierCall[],
  askedAt: Date,
): Promise<Reconciled> {
  const held = new Map(theirs.map((call) => [call.providerCallId, call]));
  const before = await readLiveRecords(ctx, provider, askedAt);
  const known = new Set(before.map((record) => record.providerCallId));
  const arrivals = theirs
    .filter((call) => call.direction === "inbound" && !known.has(call.providerCallId))
    .map((call) => arrivalOf(provider, call));
  const ends = before
    .filter(
      (record) => !held.has(record.providerCallId) && !record.isYoung && !record.hasOpenCommands,
    )
    .map((record) =>
      // A number above every real one: after an end nothing happens.
      derivedEvent(provider, record.providerCallId, 1_000_000, ctx.now.toISOString(), {
        kind: "ended",
        by: "carrier",
      }),
    );
  const missing = [...arrivals, ...ends];
  const stored =
    missing.length === 0 ? 0 : await storeEvents(ctx, provider, missing, "reconciliation");
  const touched = new Set([...missing.map((event) => event.providerCallId), ...known]);
  for (const providerCallId of touched) await projectSafely(ctx, log, provider, providerCallId);
  for (const record of await readLiveRecords(ctx, provider, askedAt)) {
    const call = held.get(record.providerCallId);
    if (call !== undefined) await alignRecord(ctx, record, call);
  }
  ctx.audit({
    resourceType: "telephony",
    resourceId: null,
    details: { calls: theirs.length, arrivals: arrivals.length, ends: ends.length, stored },
  });
  return { calls: theirs.length, missingArrivals: arrivals.length, missingEnds: ends.length };
}
