import type { BoardQueue } from "@careline/portal-contract/board/schemas.ts";
import type { Tx } from "../database/index.ts";
import type { ModelAgent } from "./board-model.ts";

type AgentRow = Omit<ModelAgent, "since"> & { readonly since: Date };

/** Every agent's live state; at most 2,000. Read as `system`. */
export async function readBoardAgents(tx: Tx): Promise<ModelAgent[]> {
  const rows = await tx<AgentRow[]>`
    select p.agent_id as "agentId", n.display_name as "displayName", n.team_id as "teamId",
           n.team_name as "teamName", p.state, p.reason, p.since, p.call_id as "callId",
           c.queue_id as "queueId", p.version::int as version,
           coalesce(m.programme_ids, '{}') as "programmeIds"
      from portal.agent_presence p
      join portal.agent_names n on n.agent_id = p.agent_id
      left join portal.call_logs c on c.call_id = p.call_id
      left join (select agent_id, array_agg(programme_id order by programme_id) as programme_ids
                   from portal.agent_programmes group by agent_id) m on m.agent_id = p.agent_id
     order by p.agent_id limit 2000`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** How today went, per queue, in the queue's own day. */
export interface DayFigures {
  readonly queueId: string;
  readonly answered: number;
  readonly abandoned: number;
  readonly withinGoal: number;
}

/** Calls abandoned sooner than the queue's short-abandon limit do not count (portal.md, "Calls"). */
export async function readDayFigures(tx: Tx): Promise<DayFigures[]> {
  return tx<DayFigures[]>`
    select q.queue_id as "queueId",
           (count(*) filter (where c.connected_at is not null))::int as answered,
           (count(*) filter (where c.state in ('abandoned', 'missed')
              and c.call_duration >= q.short_abandon_seconds))::int as abandoned,
           (count(*) filter (where c.connected_at <= c.call_start_time
              + make_interval(secs => q.service_level_seconds)))::int as "withinGoal"
      from portal.queues q
      join portal.call_logs c on c.queue_id = q.queue_id and c.call_type = 'inbound'
       and c.continues_call_id is null
       and c.call_start_time >= date_trunc('day', now() at time zone q.zone) at time zone q.zone
     group by q.queue_id`;
}

interface QueueRow {
  readonly queueId: string;
  readonly programmeId: string;
  readonly name: string;
  readonly waiting: number;
  readonly ringing: number;
  readonly connected: number;
  readonly longestWaitSince: Date | null;
  readonly percent: number;
  readonly seconds: number;
}

/** Each queue as it stands now, with the day's figures. */
export async function readBoardQueues(
  tx: Tx,
  today: ReadonlyMap<string, DayFigures>,
): Promise<BoardQueue[]> {
  const rows = await tx<QueueRow[]>`
    select q.queue_id as "queueId", q.programme_id as "programmeId", q.name,
           (count(*) filter (where c.state = 'offered'))::int as waiting,
           (count(*) filter (where c.state = 'ringing'))::int as ringing,
           (count(*) filter (where c.state in ('connected', 'held', 'consulting', 'conferenced')))::int as connected,
           min(c.queued_at) filter (where c.state in ('offered', 'ringing')) as "longestWaitSince",
           q.service_level_percent as percent, q.service_level_seconds as seconds
      from portal.queues q
      left join portal.call_logs c on c.queue_id = q.queue_id
       and c.state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced')
     group by q.queue_id order by q.queue_id limit 500`;
  return rows.map((row) => {
    const day = today.get(row.queueId) ?? { answered: 0, abandoned: 0, withinGoal: 0 };
    const counted = day.answered + day.abandoned;
    const { percent, seconds, longestWaitSince, ...rest } = row;
    return {
      ...rest,
      longestWaitSince: longestWaitSince?.toISOString() ?? null,
      answeredToday: day.answered,
      abandonedToday: day.abandoned,
      withinGoalToday: day.withinGoal,
      serviceLevelPercent:
        counted === 0 ? null : Math.round((1_000 * day.withinGoal) / counted) / 10,
      serviceLevelGoal: { percent, seconds },
    };
  });
}
