import type { PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./presence.module.css";
import { presenceLooks } from "./presence-looks.ts";

interface PresenceBadgeProps {
  readonly state: PresenceState;
  readonly count?: number;
}

export function PresenceBadge({ state, count }: PresenceBadgeProps): ReactElement {
  const t = useT();
  const look = presenceLooks[state];
  return (
    <span className={`${classes.badge} ${classes[look.tone]}`}>
      <look.icon size={15} aria-hidden="true" />
      {t(look.label)}
      {count !== undefined && <strong className={classes.count}>{count}</strong>}
    </span>
  );
}
