import type { timelineEntrySchema } from "@careline/portal-contract/calls/schemas.ts";
import type { z } from "zod";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";

export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export type TimelineKind = TimelineEntry["kind"];

/** Adds an entry to the call's timeline. The id is made by the database: nobody refers to it before it exists. */
export async function addTimeline(
  ctx: WorkContext,
  callId: string,
  kind: TimelineKind,
  agentId: string | null,
): Promise<void> {
  await ctx.tx`
    insert into portal.call_timeline (entry_id, call_id, happened_at, kind, agent_id, region)
    values (gen_random_uuid(), ${callId}, ${ctx.now}, ${kind}, ${agentId}, ${ctx.site})`;
}

type TimelineRow = Omit<TimelineEntry, "at"> & { readonly at: Date };

/** What happened on a call, oldest first; at most 500 entries. */
export async function readTimeline(tx: Tx, callId: string): Promise<TimelineEntry[]> {
  const rows = await tx<TimelineRow[]>`
    select t.entry_id as "entryId", t.happened_at as at, t.kind, n.display_name as "agentName", t.region
      from portal.call_timeline t left join portal.agent_names n on n.agent_id = t.agent_id
     where t.call_id = ${callId} order by t.happened_at, t.entry_id limit 500`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
