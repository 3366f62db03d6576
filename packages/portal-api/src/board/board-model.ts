import type {
  BoardAgent,
  BoardDelta,
  BoardQueue,
} from "@careline/portal-contract/board/schemas.ts";

/** An agent on the board, with the programmes that decide who sees them. */
export interface ModelAgent extends BoardAgent {
  readonly programmeIds: readonly string[];
}

/** Who looks: one team, some programmes, or everything. */
export interface BoardScope {
  readonly teamId: string | null;
  /** Null: every programme. */
  readonly programmeIds: readonly string[] | null;
}

/** The whole board of a region. Immutable: each look makes a new one. */
export interface BoardModel {
  readonly agents: ReadonlyMap<string, ModelAgent>;
  readonly queues: ReadonlyMap<string, BoardQueue>;
}

export const emptyBoard: BoardModel = { agents: new Map(), queues: new Map() };

const sharesProgramme = (scope: BoardScope, programmeIds: readonly string[]): boolean =>
  scope.programmeIds === null ||
  programmeIds.some((id) => scope.programmeIds?.includes(id) === true);

/** A supervisor sees their team; a manager whoever shares a programme; an administrator everybody. */
export function maySeeAgent(scope: BoardScope, agent: ModelAgent): boolean {
  return scope.teamId === null
    ? sharesProgramme(scope, agent.programmeIds)
    : agent.teamId === scope.teamId;
}

export function maySeeQueue(scope: BoardScope, queue: BoardQueue): boolean {
  return sharesProgramme(scope, [queue.programmeId]);
}

const shown = ({ programmeIds: _, ...agent }: ModelAgent): BoardAgent => agent;

/** What one viewer sees of a board. */
export function viewOf(model: BoardModel, scope: BoardScope) {
  return {
    agents: [...model.agents.values()].filter((agent) => maySeeAgent(scope, agent)).map(shown),
    queues: [...model.queues.values()].filter((queue) => maySeeQueue(scope, queue)),
  };
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What one viewer must be told between two looks; null when nothing they may see has changed. */
export function deltaOf(
  before: BoardModel,
  after: BoardModel,
  scope: BoardScope,
): Pick<BoardDelta, "agents" | "removedAgentIds" | "queues"> | null {
  const agents: BoardAgent[] = [];
  const removedAgentIds: string[] = [];
  for (const agent of after.agents.values()) {
    if (!maySeeAgent(scope, agent)) continue;
    if (!sameJson(before.agents.get(agent.agentId), agent)) agents.push(shown(agent));
  }
  for (const agent of before.agents.values()) {
    const now = after.agents.get(agent.agentId);
    const isGone = now === undefined || !maySeeAgent(scope, now);
    if (maySeeAgent(scope, agent) && isGone) removedAgentIds.push(agent.agentId);
  }
  const queues = [...after.queues.values()].filter(
    (queue) => maySeeQueue(scope, queue) && !sameJson(before.queues.get(queue.queueId), queue),
  );
  const isNothing = agents.length + removedAgentIds.length + queues.length === 0;
  return isNothing ? null : { agents, removedAgentIds, queues };
}
