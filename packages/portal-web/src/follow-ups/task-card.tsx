import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconClock } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useNow } from "../clock/index.ts";
import { Tag } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { CallbackPreparation } from "./callback-preparation.tsx";
import { DoneForm } from "./done-form.tsx";
import { OutcomeForm } from "./outcome-form.tsx";
import { isDialled, isUndecided, type Task } from "./tasks.ts";

interface TaskCardProps {
  readonly task: Task;
  readonly isOpen: boolean;
}

/** One thing still to be done after a call: what, until when, and the next step. */
export function TaskCard({ task, isOpen }: TaskCardProps): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const toggle = (): void =>
    void navigate({
      to: "/callbacks",
      search: isOpen ? {} : { task: task.taskId },
      replace: true,
    });
  return (
    <Card withBorder component="article">
      <Stack gap="xs">
        <Group justify="space-between">
          <Tag tone="calm">{t(`desk.task.${task.kind}`)}</Tag>
          <Due dueAt={task.dueAt} />
        </Group>
        <Text fw={600} dir="auto">
          {task.instruction}
        </Text>
        {isUndecided(task) && (
          <>
            <Text size="sm">{t("followUps.outcomeOpen")}</Text>
            <OutcomeForm
              taskId={task.taskId}
              first={task.lastResult === "answered" ? "reached" : "try_again"}
            />
          </>
        )}
        {isDialled(task) && (
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {task.lastResult === null ? "" : t(`followUps.result.${task.lastResult}`)}
            </Text>
            <Button
              size="sm"
              variant={isOpen ? "default" : "filled"}
              aria-expanded={isOpen}
              onClick={toggle}
            >
              {isOpen ? t("followUps.close") : t("followUps.prepare")}
            </Button>
          </Group>
        )}
        {isDialled(task) && isOpen && <CallbackPreparation taskId={task.taskId} />}
        {(!isDialled(task) || isOpen) && !isUndecided(task) && <DoneForm taskId={task.taskId} />}
      </Stack>
    </Card>
  );
}

interface DueProps {
  readonly dueAt: string;
}

function Due({ dueAt }: DueProps): ReactElement {
  const t = useT();
  const now = useNow();
  const due = new Date(dueAt);
  const isToday = due.toDateString() === new Date(now).toDateString();
  // The day only where it is another one: what is left is read at a glance.
  const when = new Intl.DateTimeFormat(currentLanguage(), {
    timeStyle: "short",
    ...(isToday ? {} : { dateStyle: "medium" }),
  }).format(due);
  const isOverdue = Date.parse(dueAt) < now;
  const Icon = isOverdue ? IconAlertTriangle : IconClock;
  return (
    <Group gap={6} wrap="nowrap" {...(isOverdue ? { c: "red" } : {})}>
      <Icon size={16} aria-hidden="true" style={{ flex: "none" }} />
      <Text size="sm" {...(isOverdue ? { c: "red", fw: 600 } : {})}>
        {isOverdue ? t("desk.taskOverdue", { when }) : t("desk.taskDueIn", { when })}
      </Text>
    </Group>
  );
}
