import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { CalleeFacts } from "./callee-facts.tsx";
import { DialControls } from "./dial-controls.tsx";
import { callbackQuery } from "./tasks.ts";

interface CallbackPreparationProps {
  readonly taskId: string;
}

/** What has to be known before somebody is called back, and the call itself. */
export function CallbackPreparation({ taskId }: CallbackPreparationProps): ReactElement {
  const t = useT();
  const callback = useQuery(callbackQuery(taskId));
  if (callback.isPending)
    return <Skeleton height={220} role="status" aria-label={t("shell.loading")} />;
  if (callback.isError)
    return <Failure error={callback.error} onRetry={() => void callback.refetch()} />;
  return (
    <Stack gap="sm">
      <CalleeFacts callback={callback.data} />
      <DialControls callback={callback.data} />
    </Stack>
  );
}
