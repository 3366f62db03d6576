import type { PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import type { BoardAgent } from "@careline/portal-contract/board/schemas.ts";

export type SortKey = "name" | "team" | "state" | "since";

export interface BoardView {
  readonly sort: SortKey;
  readonly descending: boolean;
  /** Part of a name or team, in any case. */
  readonly search: string;
  readonly state: PresenceState | null;
}

/** The rows to show, in a total order: equal rows are told apart by their id, so that they never swap places by themselves. */
export function boardRows(
  agents: readonly BoardAgent[],
  view: BoardView,
  rankOf: (state: PresenceState) => number,
): readonly BoardAgent[] {
  const wanted = view.search.trim().toLocaleLowerCase();
  const shown = agents.filter(
    (agent) =>
      (view.state === null || agent.state === view.state) &&
      (wanted === "" ||
        `${agent.displayName} ${agent.teamName ?? ""}`.toLocaleLowerCase().includes(wanted)),
  );
  const compare = comparators[view.sort];
  const sign = view.descending ? -1 : 1;
  return shown.toSorted(
    (a, b) =>
      sign * compare(a, b, rankOf) ||
      a.since.localeCompare(b.since) ||
      a.agentId.localeCompare(b.agentId),
  );
}

type Compare = (a: BoardAgent, b: BoardAgent, rankOf: (state: PresenceState) => number) => number;

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

const comparators: Readonly<Record<SortKey, Compare>> = {
  name: (a, b) => byName.compare(a.displayName, b.displayName),
  team: (a, b) => byName.compare(a.teamName ?? "", b.teamName ?? ""),
  state: (a, b, rankOf) => rankOf(a.state) - rankOf(b.state),
  since: (a, b) => a.since.localeCompare(b.since),
};

/** How many agents are in each state. */
export function countByState(agents: readonly BoardAgent[]): ReadonlyMap<PresenceState, number> {
  const counts = new Map<PresenceState, number>();
  for (const { state } of agents) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
