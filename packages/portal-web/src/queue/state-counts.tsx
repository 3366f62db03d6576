import type { PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import type { ReactElement } from "react";
import { PresenceBadge } from "../agents/index.ts";
import { useT } from "../i18n/index.ts";
import classes from "./board.module.css";

interface StateCountsProps {
  readonly counts: ReadonlyMap<PresenceState, number>;
  readonly chosen: PresenceState | null;
  readonly onChoose: (state: PresenceState | null) => void;
}

const states: readonly PresenceState[] = [
  "available",
  "offered",
  "on_call",
  "wrapping",
  "on_break",
  "offline",
];

/** How many agents are in each state; pressing one shows only those. */
export function StateCounts({ counts, chosen, onChoose }: StateCountsProps): ReactElement {
  const t = useT();
  return (
    <fieldset className={classes.countGroup} aria-label={t("board.filterByState")}>
      {states.map((state) => (
        <button
          key={state}
          type="button"
          className={classes.count}
          aria-pressed={chosen === state}
          onClick={() => onChoose(chosen === state ? null : state)}
        >
          <PresenceBadge state={state} count={counts.get(state) ?? 0} />
        </button>
      ))}
    </fieldset>
  );
}
