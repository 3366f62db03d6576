import type { PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import { Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useMemo, useRef, useState } from "react";
import { presenceLooks } from "../agents/index.ts";
import { useT } from "../i18n/index.ts";
import { AgentRow } from "./agent-row.tsx";
import classes from "./board.module.css";
import type { BoardAgent } from "./board.ts";
import { type BoardView, boardRows, countByState } from "./board-rows.ts";
import { SortHeaders } from "./sort-headers.tsx";
import { StateCounts } from "./state-counts.tsx";

/** Height of a row in board.module.css. */
const rowHeight = 40;
const rowsBeyondEdge = 12;

interface AgentTableProps {
  readonly agents: readonly BoardAgent[];
}

const rankOf = (state: PresenceState): number => presenceLooks[state].rank;
const firstView: BoardView = { sort: "state", descending: false, search: "", state: null };

/** All agents, sortable and filterable. */
export function AgentTable({ agents }: AgentTableProps): ReactElement {
  const t = useT();
  const [view, setView] = useState(firstView);
  const rows = useMemo(() => boardRows(agents, view, rankOf), [agents, view]);
  const counts = useMemo(() => countByState(agents), [agents]);
  const change = (part: Partial<BoardView>): void => setView({ ...view, ...part });
  return (
    <div>
      <div className={classes.toolbar}>
        <Title order={2} size="h5" id="board-agents">
          {t("board.agents", { count: agents.length })}
        </Title>
        <StateCounts counts={counts} chosen={view.state} onChoose={(state) => change({ state })} />
        <TextInput
          aria-label={t("board.search")}
          placeholder={t("board.search")}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          value={view.search}
          onChange={(event) => change({ search: event.currentTarget.value })}
        />
        <Text size="sm" c="dimmed" role="status">
          {t("board.shown", { shown: rows.length, of: agents.length })}
        </Text>
      </div>
      <AgentRows
        rows={rows}
        view={view}
        onSort={(sort, descending) => change({ sort, descending })}
        emptyText={agents.length === 0 ? t("board.noAgents") : t("board.noMatch")}
      />
    </div>
  );
}

interface AgentRowsProps {
  readonly rows: readonly BoardAgent[];
  readonly view: BoardView;
  readonly onSort: (sort: BoardView["sort"], descending: boolean) => void;
  readonly emptyText: string;
}

/** Only the rows in sight are in the page, between two spacers, so 500 agents change without effort. */
function AgentRows({ rows, view, onSort, emptyText }: AgentRowsProps): ReactElement {
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: rowsBeyondEdge,
    getItemKey: (index) => rows[index]?.agentId ?? index,
  });
  const shown = virtualizer.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <section
      className={classes.table}
      ref={scroller}
      aria-labelledby="board-agents"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
    >
      <table
        className={classes.grid}
        aria-labelledby="board-agents"
        aria-rowcount={rows.length + 1}
      >
        <SortHeaders view={view} onSort={onSort} />
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {shown.map((item) => {
            const agent = rows[item.index];
            return agent === undefined ? null : (
              <AgentRow key={item.key} agent={agent} position={item.index + 2} />
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
      {rows.length === 0 && (
        <Text p="md" c="dimmed">
          {emptyText}
        </Text>
      )}
    </section>
  );
}

interface SpacerProps {
  readonly height: number;
}

function Spacer({ height }: SpacerProps): ReactElement {
  return (
    <tr>
      <td colSpan={4} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
