import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { callInHand } from "./call.ts";
import { CallView } from "./call-view.tsx";
import { currentCallsQuery } from "./current-calls.ts";
import classes from "./desk.module.css";
import { ReadyView } from "./ready-view.tsx";
import { UnreachableDesk } from "./unreachable-desk.tsx";

/** The agent's desk: the call in hand, or what to do between calls. */
export function DeskPage(): ReactElement {
  const t = useT();
  const current = useQuery(currentCallsQuery);
  if (current.data !== undefined) {
    const call = callInHand(current.data.calls);
    if (call === null) return <ReadyView />;
    return <CallView key={call.callId} call={call} others={current.data.calls.length - 1} />;
  }
  // Shown from the first refusal on: the attempts that follow may take half a minute, and the intake is needed now.
  const failure = current.error ?? current.failureReason;
  if (failure !== null) {
    return (
      <div className={classes.page}>
        <VisuallyHidden component="h1">{t("shell.desk")}</VisuallyHidden>
        <Failure error={failure} onRetry={() => void current.refetch()} />
        <UnreachableDesk />
      </div>
    );
  }
  return <DeskSkeleton />;
}

/** Same columns and heights as the desk itself, so that nothing jumps when it arrives. */
function DeskSkeleton(): ReactElement {
  const t = useT();
  return (
    <div className={classes.columns} role="status" aria-label={t("shell.loading")}>
      <VisuallyHidden component="h1">{t("shell.desk")}</VisuallyHidden>
      <Skeleton height={420} />
      <Skeleton height={560} />
      <Skeleton height={420} />
    </div>
  );
}
