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

/** What differs between two looks, whoever sees it; found once for all viewers. */
export interface BoardChanges {
  /** As they are now; `before` decides whether someone has to be told that they left their sight. */
  readonly agents: readonly {
    readonly before: ModelAgent | undefined;
    readonly after: ModelAgent | undefined;
  }[];
  readonly queues: readonly BoardQueue[];
}

/** An agent's record changes only together with its version, name, team or programmes. */
function isSameAgent(a: ModelAgent, b: ModelAgent): boolean {
  return (
    a.version === b.version &&
    a.queueId === b.queueId &&
    a.teamId === b.teamId &&
    a.displayName === b.displayName &&
    a.programmeIds.join() === b.programmeIds.join()
  );
}

export function changesBetween(before: BoardModel, after: BoardModel): BoardChanges {
  const agents: { before: ModelAgent | undefined; after: ModelAgent | undefined }[] = [];
  for (const agent of after.agents.values()) {
    const known = before.agents.get(agent.agentId);
    if (known === undefined || !isSameAgent(known, agent))
      agents.push({ before: known, after: agent });
  }
  for (const agent of before.agents.values()) {
    if (!after.agents.has(agent.agentId)) agents.push({ before: agent, after: undefined });
  }
  const queues = [...after.queues.values()].filter(
    (queue) => JSON.stringify(before.queues.get(queue.queueId)) !== JSON.stringify(queue),
  );
  return { agents, queues };
}

/** What one viewer must be told of the changes; null when nothing they may see has changed. */
export function deltaOf(
  changes: BoardChanges,
  scope: BoardScope,
): Pick<BoardDelta, "agents" | "removedAgentIds" | "queues"> | null {
  const agents: BoardAgent[] = [];
  const removedAgentIds: string[] = [];
  for (const { before, after } of changes.agents) {
    if (after !== undefined && maySeeAgent(scope, after)) agents.push(shown(after));
    else if (before !== undefined && maySeeAgent(scope, before))
      removedAgentIds.push(before.agentId);
  }
  const queues = changes.queues.filter((queue) => maySeeQueue(scope, queue));
  const isNothing = agents.length + removedAgentIds.length + queues.length === 0;
  return isNothing ? null : { agents, removedAgentIds, queues };
}
