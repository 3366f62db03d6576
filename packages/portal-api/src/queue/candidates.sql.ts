import type { Tx } from "../database/index.ts";
import type { FreeAgent, WaitingCall } from "./match-calls.ts";

/** 200 waiting calls and 500 free agents are looked at in one turn; a turn follows four times a second. */
const waitingMax = 200;
const freeMax = 500;

interface WaitingRow extends Omit<WaitingCall, "queuedAtMs" | "preferredUntilMs"> {
  readonly queuedAt: Date;
}
interface FreeRow {
  readonly agentId: string;
  readonly since: Date;
  readonly programmeIds: string[];
  readonly skills: { kind: "language" | "skill"; code: string; level: number }[];
}

/** Callers who wait, in the order of the queue. `isLocked`: under lock, leaving out what another transaction holds. */
export async function readWaiting(
  tx: Tx,
  preferredSeconds: number,
  isLocked: boolean,
): Promise<WaitingCall[]> {
  const rows = await tx<WaitingRow[]>`
    select c.call_id as "callId", c.programme_id as "programmeId", q.skill, q.skill_level_min as "skillLevelMin",
           c.language, c.priority, c.queued_at as "queuedAt", c.preferred_agent_id as "preferredAgentId",
           coalesce((select array_agg(o.agent_id) from portal.call_offers o
              where o.call_id = c.call_id and o.outcome = 'missed'), '{}') as "missedByAgentIds",
           coalesce((select array_agg(o.agent_id) from portal.call_offers o
              where o.call_id = c.call_id and o.outcome = 'declined'), '{}') as "declinedByAgentIds"
      from portal.call_logs c join portal.queues q on q.queue_id = c.queue_id
     where c.state = 'offered' and c.queued_at is not null
     order by c.priority, c.queued_at, c.call_id limit ${waitingMax}
     ${isLocked ? tx`for update of c skip locked` : tx``}`;
  return rows.map(({ queuedAt, ...row }) => ({
    ...row,
    queuedAtMs: queuedAt.getTime(),
    preferredUntilMs: queuedAt.getTime() + preferredSeconds * 1_000,
  }));
}

/** Agents who are free, longest first. */
export async function readFree(tx: Tx, isLocked: boolean): Promise<FreeAgent[]> {
  const rows = await tx<FreeRow[]>`
    select p.agent_id as "agentId", p.since,
           coalesce((select array_agg(m.programme_id) from portal.agent_programmes m
              where m.agent_id = p.agent_id), '{}') as "programmeIds",
           coalesce((select json_agg(json_build_object('kind', s.kind, 'code', s.code, 'level', s.level))
              from portal.agent_skills s where s.agent_id = p.agent_id), '[]') as skills
      from portal.agent_presence p
     where p.state = 'available' order by p.since, p.agent_id limit ${freeMax}
     ${isLocked ? tx`for update of p skip locked` : tx``}`;
  return rows.map((row) => {
    const levels = (kind: string): Map<string, number> =>
      new Map(row.skills.filter((one) => one.kind === kind).map((one) => [one.code, one.level]));
    return {
      agentId: row.agentId,
      availableSinceMs: row.since.getTime(),
      programmeIds: new Set(row.programmeIds),
      skills: levels("skill"),
      languages: levels("language"),
    };
  });
}

/** Who is available: all, or which of `agentIds`, then under lock and without those whom another transaction holds. */
export async function readAvailable(tx: Tx, agentIds: readonly string[] | null): Promise<string[]> {
  const rows = await tx<{ agentId: string }[]>`
    select p.agent_id as "agentId" from portal.agent_presence p
     where p.state = 'available' ${agentIds === null ? tx`` : tx`and p.agent_id = any(${agentIds}) for update of p skip locked`}`;
  return rows.map(({ agentId }) => agentId);
}
