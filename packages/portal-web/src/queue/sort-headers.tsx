import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./board.module.css";
import type { BoardView, SortKey } from "./board-rows.ts";

interface SortHeadersProps {
  readonly view: BoardView;
  readonly onSort: (sort: SortKey, descending: boolean) => void;
}

const columns: readonly SortKey[] = ["name", "team", "state", "since"];

export function SortHeaders({ view, onSort }: SortHeadersProps): ReactElement {
  const t = useT();
  const direction = view.descending ? "descending" : "ascending";
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => {
          const isSorted = view.sort === column;
          const Icon = isSorted ? (view.descending ? IconArrowDown : IconArrowUp) : IconArrowsSort;
          return (
            <th key={column} scope="col" aria-sort={isSorted ? direction : "none"}>
              <button
                type="button"
                className={classes.sort}
                onClick={() => onSort(column, isSorted ? !view.descending : false)}
              >
                {t(`board.column.${column}`)}
                <Icon size={14} aria-hidden="true" />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
