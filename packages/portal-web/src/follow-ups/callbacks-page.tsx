import { Button, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
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
      {tasks.isSuccess && tasks.data.length === 0 && <NothingDue />}
      {tasks.data?.map((task) => (
        <TaskCard key={task.taskId} task={task} isOpen={task.taskId === openId} />
      ))}
    </Page>
  );
}

/** What to do when nothing is to be done: where such entries come from, and the way back. */
function NothingDue(): ReactElement {
  const t = useT();
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs" align="flex-start">
        <Text fw={600}>{t("desk.tasksEmpty")}</Text>
        <Text size="sm" c="dimmed">
          {t("desk.tasksEmptyNext")}
        </Text>
        <Button component={Link} to="/desk" variant="default">
          {t("desk.backToDesk")}
        </Button>
      </Stack>
    </Paper>
  );
}
