import type { ProviderEvent } from "@careline/portal-contract/telephony/schemas.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";

export type EventSource = "webhook" | "reconciliation";

/** Stores events; those known already change nothing. Answers how many were new. */
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
    insert into portal.telephony_events ${ctx.tx(rows)} on conflict do nothing returning event_id`;
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
