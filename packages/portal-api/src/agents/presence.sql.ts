import type {
  Presence,
  PresenceReason,
  PresenceState,
} from "@careline/portal-contract/agents/schemas.ts";
import type { Tx } from "../database/index.ts";
import type { WorkContext } from "../serving/index.ts";

interface PresenceRow {
  readonly agentId: string;
  readonly state: PresenceState;
  readonly reason: PresenceReason | null;
  readonly since: Date;
  readonly callId: string | null;
  readonly nextState: "on_break" | "offline" | null;
  readonly nextReason: PresenceReason | null;
  readonly version: number;
}

function toPresence(row: PresenceRow): Presence {
  const { nextState, nextReason, since, ...rest } = row;
  return {
    ...rest,
    since: since.toISOString(),
    next:
      nextState === null || nextReason === null ? null : { state: nextState, reason: nextReason },
  };
}

/** The agent's live state, locked until the end of the transaction; an agent who never signed on is offline. */
export async function lockPresence(tx: Tx, agentId: string, now: Date): Promise<Presence> {
  const [row] = await tx<PresenceRow[]>`
    select agent_id as "agentId", state, reason, since, call_id as "callId", next_state as "nextState",
           next_reason as "nextReason", version::int as version
      from portal.agent_presence where agent_id = ${agentId} for update`;
  return row === undefined ? neverSeen(agentId, now) : toPresence(row);
}

/** The agent's live state. */
export async function readPresence(tx: Tx, agentId: string, now: Date): Promise<Presence> {
  const [row] = await tx<PresenceRow[]>`
    select agent_id as "agentId", state, reason, since, call_id as "callId", next_state as "nextState",
           next_reason as "nextReason", version::int as version
      from portal.agent_presence where agent_id = ${agentId}`;
  return row === undefined ? neverSeen(agentId, now) : toPresence(row);
}

function neverSeen(agentId: string, now: Date): Presence {
  return {
    agentId,
    state: "offline",
    reason: null,
    since: now.toISOString(),
    callId: null,
    next: null,
    version: 0,
  };
}

export interface PresenceChange {
  readonly state: PresenceState;
  readonly reason?: PresenceReason | null;
  readonly callId?: string | null;
  readonly next?: Presence["next"];
}

/** Writes a live state and tells the agent's screens. What is left out is cleared; `since` moves only when state or reason change. */
export async function writePresence(
  ctx: WorkContext,
  agentId: string,
  change: PresenceChange,
): Promise<Presence> {
  const [row] = await ctx.tx<PresenceRow[]>`
    insert into portal.agent_presence as p
           (agent_id, state, reason, since, call_id, next_state, next_reason, region)
    values (${agentId}, ${change.state}, ${change.reason ?? null}, ${ctx.now}, ${change.callId ?? null},
            ${change.next?.state ?? null}, ${change.next?.reason ?? null}, ${ctx.site})
    on conflict (agent_id) do update set
           state = excluded.state, reason = excluded.reason, call_id = excluded.call_id,
           since = case when p.state = excluded.state and p.reason is not distinct from excluded.reason
                        then p.since else excluded.since end,
           next_state = excluded.next_state, next_reason = excluded.next_reason,
           region = excluded.region, version = p.version + 1
    returning agent_id as "agentId", state, reason, since, call_id as "callId",
           next_state as "nextState", next_reason as "nextReason", version::int as version`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  const presence = toPresence(row);
  ctx.publish({ kind: "presence", data: presence, audience: { agents: [agentId] } });
  return presence;
}

/** Keeps the summary on the agent's row (HCC-DB-02) in step with the live state. */
export async function writeStatus(
  tx: Tx,
  agentId: string,
  status: "active" | "on_break" | "offline",
): Promise<void> {
  await tx`update portal.agents set status = ${status}, modified_date = now()
            where agent_id = ${agentId} and status not in (${status}, 'terminated')`;
}
