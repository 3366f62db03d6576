import type { ProviderEvent } from "@careline/portal-contract/telephony/schemas.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";

export type EventSource = "webhook" | "reconciliation";

/** Stores events and marks the new ones as not yet projected; those known already change nothing. Answers how many were new. */
export async function storeEvents(
  ctx: WorkContext,
  provider: string,
  events: readonly ProviderEvent[],
  source: EventSource,
): Promise<number> {
  const rows = events.map((event) => ({
    provider,
    event_id: event.eventId,
    provider_call_id: event.providerCallId,
    sequence: event.sequence,
    kind: event.data.kind,
    data: ctx.tx.json(event.data),
    occurred_at: event.occurredAt,
    received_at: ctx.now,
    region: ctx.site,
    source,
  }));
  const stored = await ctx.tx`
    with stored as (
      insert into portal.telephony_events ${ctx.tx(rows)} on conflict do nothing
      returning provider, event_id, provider_call_id)
    insert into portal.telephony_unprojected (provider, event_id, provider_call_id) select * from stored
    returning event_id`;
  return stored.length;
}

/** What the log says of one call, in the order of happening (not of arrival). */
export async function readCallEvents(
  tx: Tx,
  provider: string,
  providerCallId: string,
): Promise<ProviderEvent[]> {
  const rows = await tx<(Omit<ProviderEvent, "occurredAt"> & { occurredAt: Date })[]>`
    select event_id as "eventId", provider_call_id as "providerCallId", sequence, data,
           occurred_at as "occurredAt"
      from portal.telephony_events
     where provider = ${provider} and provider_call_id = ${providerCallId}
     order by sequence, event_id limit 1000`;
  return rows.map((row) => ({ ...row, occurredAt: row.occurredAt.toISOString() }));
}

/** Calls whose log has grown, oldest first; at most 200 a turn. */
export async function readUnprojected(tx: Tx, provider: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select provider_call_id as id from portal.telephony_unprojected
     where provider = ${provider} and retry_at <= clock_timestamp()
     group by provider_call_id order by min(event_id::text) limit 200`;
  return rows.map((row) => row.id);
}

/** Takes the marks of one call away; what was told meanwhile has marks of its own. */
export async function takeMarks(
  ctx: WorkContext,
  provider: string,
  providerCallId: string,
): Promise<void> {
  await ctx.tx`
    delete from portal.telephony_unprojected
     where provider = ${provider} and provider_call_id = ${providerCallId}`;
}

/** A call that could not be projected is tried again later and later, at most each 5 minutes. */
export async function postponeCall(
  ctx: WorkContext,
  provider: string,
  providerCallId: string,
): Promise<void> {
  await ctx.tx`
    update portal.telephony_unprojected
       set attempts = attempts + 1,
           retry_at = clock_timestamp() + least(interval '5 minutes', interval '1 second' * 2 ^ least(attempts, 9))
     where provider = ${provider} and provider_call_id = ${providerCallId}`;
}
