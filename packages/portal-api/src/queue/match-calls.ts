/** A caller who waits. Times are milliseconds of the database's clock. */
export interface WaitingCall {
  readonly callId: string;
  readonly programmeId: string;
  readonly skill: string;
  readonly skillLevelMin: number;
  readonly language: string;
  /** 1 first, 5 normal. */
  readonly priority: number;
  readonly queuedAtMs: number;
  /** Who should have it (a transfer, a callback): waited for until `preferredUntilMs`, then anyone. */
  readonly preferredAgentId: string | null;
  readonly preferredUntilMs: number;
  /** Agents who missed this call: asked again only when nobody else fits. */
  readonly missedByAgentIds: readonly string[];
  /** Agents who declined this call: never asked again. */
  readonly declinedByAgentIds: readonly string[];
}

export interface FreeAgent {
  readonly agentId: string;
  readonly availableSinceMs: number;
  readonly programmeIds: ReadonlySet<string>;
  /** Level 1–5 by skill code and by language tag. */
  readonly skills: ReadonlyMap<string, number>;
  readonly languages: ReadonlyMap<string, number>;
}

export interface Match {
  readonly callId: string;
  readonly agentId: string;
}

const byCallOrder = (a: WaitingCall, b: WaitingCall): number =>
  a.priority - b.priority || a.queuedAtMs - b.queuedAtMs || a.callId.localeCompare(b.callId);

function fits(call: WaitingCall, agent: FreeAgent): boolean {
  return (
    !call.declinedByAgentIds.includes(agent.agentId) &&
    agent.programmeIds.has(call.programmeId) &&
    (agent.skills.get(call.skill) ?? 0) >= call.skillLevelMin &&
    agent.languages.has(call.language)
  );
}

/** Longest free first; of two equally long, the one who speaks the language better, then by id: a total order. */
function byAgentOrder(call: WaitingCall) {
  const passed = new Set(call.missedByAgentIds);
  return (a: FreeAgent, b: FreeAgent): number =>
    Number(passed.has(a.agentId)) - Number(passed.has(b.agentId)) ||
    a.availableSinceMs - b.availableSinceMs ||
    (b.languages.get(call.language) ?? 0) - (a.languages.get(call.language) ?? 0) ||
    a.agentId.localeCompare(b.agentId);
}

function agentFor(
  call: WaitingCall,
  free: ReadonlyMap<string, FreeAgent>,
  nowMs: number,
): FreeAgent | undefined {
  if (call.preferredAgentId !== null) {
    const preferred = free.get(call.preferredAgentId);
    // A colleague handed the caller over by name: their word stands above skills.
    if (preferred !== undefined) return preferred;
    if (nowMs < call.preferredUntilMs) return undefined;
  }
  return [...free.values()].filter((agent) => fits(call, agent)).sort(byAgentOrder(call))[0];
}

/**
 * Who is offered which call: most urgent first, then longest waiting; each call once, each agent
 * once. Pure; the routing loop reads both sides under lock and writes the offers in the same commit.
 */
export function matchCalls(
  calls: readonly WaitingCall[],
  agents: readonly FreeAgent[],
  nowMs: number,
): readonly Match[] {
  const free = new Map(agents.map((agent) => [agent.agentId, agent]));
  const matches: Match[] = [];
  for (const call of [...calls].sort(byCallOrder)) {
    const agent = agentFor(call, free, nowMs);
    if (agent === undefined) continue;
    free.delete(agent.agentId);
    matches.push({ callId: call.callId, agentId: agent.agentId });
    if (free.size === 0) break;
  }
  return matches;
}
