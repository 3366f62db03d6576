import { memo, type ReactElement } from "react";
import { PresenceBadge, reasonLabels } from "../agents/index.ts";
import { clockDuration, sinceMs, useNow } from "../clock/index.ts";
import { useT } from "../i18n/index.ts";
import classes from "./board.module.css";
import type { BoardAgent } from "./board.ts";

interface AgentRowProps {
  readonly agent: BoardAgent;
  /** 1-based place in the table, the head row included. */
  readonly position: number;
}

/** One agent. Drawn again only when this agent, its place or the second changes. */
export const AgentRow = memo(function AgentRow({ agent, position }: AgentRowProps): ReactElement {
  const t = useT();
  const now = useNow();
  return (
    <tr className={classes.row} aria-rowindex={position} data-agent={agent.agentId}>
      <td title={agent.displayName}>{agent.displayName}</td>
      <td>{agent.teamName ?? "–"}</td>
      <td>
        <PresenceBadge state={agent.state} />{" "}
        {agent.reason !== null && t(reasonLabels[agent.reason])}
      </td>
      <td>{clockDuration(sinceMs(agent.since, now))}</td>
    </tr>
  );
});
