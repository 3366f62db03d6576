import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useNow } from "../clock/index.ts";
import { useT } from "../i18n/index.ts";
import { OutcomeForm } from "./outcome-form.tsx";
import { isUndecided, tasksQuery } from "./tasks.ts";

/** Between two calls: callbacks whose outcome is open, and how many are due. Nothing at all when there are none. */
export function DueFollowUps(): ReactElement | null {
  const t = useT();
  const now = useNow();
  const { data } = useQuery(tasksQuery);
  if (data === undefined) return null;
  const undecided = data.filter(isUndecided);
  const due = data.filter((task) => !isUndecided(task) && Date.parse(task.dueAt) <= now);
  if (undecided.length + due.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="due-follow-ups">
      <Stack gap="sm">
        <Title order={2} size="h5" id="due-follow-ups">
          {undecided.length > 0
            ? t("followUps.outcomeOpen")
            : t("followUps.dueNow", { count: due.length })}
        </Title>
        {undecided.map((task) => (
          <Stack gap={4} key={task.taskId}>
            <Text size="sm" dir="auto">
              {task.instruction}
              {task.lastResult === null ? "" : ` (${t(`followUps.result.${task.lastResult}`)})`}
            </Text>
            <OutcomeForm
              taskId={task.taskId}
              first={task.lastResult === "answered" ? "reached" : "try_again"}
            />
          </Stack>
        ))}
        {due.length > 0 && (
          <Group justify="space-between">
            {undecided.length > 0 && (
              <Text size="sm">{t("followUps.dueNow", { count: due.length })}</Text>
            )}
            <Button component={Link} to="/callbacks" size="xs" variant="default">
              {t("followUps.show")}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
