import { Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconClock } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { useNow } from "../clock/index.ts";
import { Tag } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import { type Task, tasksQuery } from "./tasks.ts";

interface TaskCardProps {
  readonly task: Task;
}

export function TaskCard({ task }: TaskCardProps): ReactElement {
  const t = useT();
  const now = useNow();
  const queryClient = useQueryClient();
  const [outcome, setOutcome] = useState("");
  const [isKept, setKept] = useState(false);
  const when = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(new Date(task.dueAt));
  const isOverdue = Date.parse(task.dueAt) < now;
  const complete = (): void => {
    keep("completeTask", {
      record: `task:${task.taskId}`,
      params: { taskId: task.taskId },
      body: { outcome: outcome.trim() },
    })
      .then((kept) => {
        setKept(true);
        announce(t("desk.kept"));
        return kept.outcome(new AbortController().signal);
      })
      .then(() => queryClient.invalidateQueries({ queryKey: tasksQuery.queryKey }))
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  return (
    <Card withBorder component="article">
      <Stack gap="xs">
        <Group justify="space-between">
          <Tag tone="calm">{t(`desk.task.${task.kind}`)}</Tag>
          <Group gap={6}>
            {isOverdue ? (
              <IconAlertTriangle size={16} aria-hidden="true" />
            ) : (
              <IconClock size={16} aria-hidden="true" />
            )}
            <Text size="sm" {...(isOverdue ? { c: "red", fw: 600 } : {})}>
              {isOverdue ? t("desk.taskOverdue", { when }) : t("desk.taskDueIn", { when })}
            </Text>
          </Group>
        </Group>
        <Text dir="auto">{task.instruction}</Text>
        <Group align="flex-end">
          <TextInput
            flex={1}
            label={t("desk.taskOutcome")}
            value={outcome}
            maxLength={500}
            dir="auto"
            onChange={(event) => setOutcome(event.currentTarget.value)}
          />
          <Button onClick={complete} disabled={outcome.trim() === "" || isKept}>
            {isKept ? t("desk.kept") : t("desk.taskDone")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
