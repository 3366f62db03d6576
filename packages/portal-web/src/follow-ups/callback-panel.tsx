import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure, Panel, Tag } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { CalleeFacts } from "./callee-facts.tsx";
import { OutcomeForm } from "./outcome-form.tsx";
import { callbackQuery } from "./tasks.ts";

interface CallbackPanelProps {
  readonly taskId: string;
  /** While the phone rings there is no outcome yet. */
  readonly isDialling: boolean;
}

/** On the desk beside the call: what the callback is for, and what came of it. Gone when the outcome is recorded. */
export function CallbackPanel({ taskId, isDialling }: CallbackPanelProps): ReactElement | null {
  const t = useT();
  const callback = useQuery(callbackQuery(taskId));
  // The task is done: its outcome is recorded, and there is nothing left to say about it, whatever was read before.
  if (callback.isError && isGone(callback.error)) return null;
  return (
    <Panel
      title={t("followUps.callbackFor")}
      aside={
        callback.data !== undefined && (
          <Tag tone="calm">{t(`desk.task.${callback.data.task.kind}`)}</Tag>
        )
      }
    >
      {callback.isPending && (
        <Skeleton height={220} role="status" aria-label={t("shell.loading")} />
      )}
      {callback.isError && (
        <Failure error={callback.error} onRetry={() => void callback.refetch()} />
      )}
      {callback.data !== undefined && (
        <Stack gap="sm">
          <Text fw={600} dir="auto">
            {callback.data.task.instruction}
          </Text>
          {isDialling ? (
            <Text size="sm">{t("followUps.voicemailRule")}</Text>
          ) : (
            <OutcomeForm taskId={taskId} first="reached" />
          )}
          <CalleeFacts callback={callback.data} isBesideCall />
        </Stack>
      )}
    </Panel>
  );
}

function isGone(error: Error): boolean {
  return "status" in error && error.status === 404;
}
