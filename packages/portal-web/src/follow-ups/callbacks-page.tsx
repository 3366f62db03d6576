import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Failure, Page } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { TaskCard } from "./task-card.tsx";
import { tasksQuery } from "./tasks.ts";

/** What is still to be done after calls, by due time. */
export function CallbacksPage(): ReactElement {
  const t = useT();
  const tasks = useQuery(tasksQuery);
  const { task: openId } = useSearch({ from: "/signed-in/callbacks" });
  return (
    <Page title={t("desk.tasksTitle")}>
      {tasks.isPending && <Skeleton height={240} role="status" aria-label={t("shell.loading")} />}
      {tasks.isError && <Failure error={tasks.error} onRetry={() => void tasks.refetch()} />}
      {tasks.isSuccess && tasks.data.length === 0 && <Text>{t("desk.tasksEmpty")}</Text>}
      {tasks.data?.map((task) => (
        <TaskCard key={task.taskId} task={task} isOpen={task.taskId === openId} />
      ))}
    </Page>
  );
}
