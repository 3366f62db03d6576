import { Button, Group, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { wordsOf } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import { tasksQuery } from "./tasks.ts";

interface DoneFormProps {
  readonly taskId: string;
}

/** Ends a task that needed no call, in the person's own words. */
export function DoneForm({ taskId }: DoneFormProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const [outcome, setOutcome] = useState("");
  const [isKept, setKept] = useState(false);
  const complete = (): void => {
    keep("completeTask", {
      record: `task:${taskId}`,
      params: { taskId },
      body: { outcome: wordsOf(outcome) },
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
    <Group align="flex-end">
      <TextInput
        flex={1}
        label={t("desk.taskOutcome")}
        value={outcome}
        maxLength={500}
        dir="auto"
        onChange={(event) => setOutcome(event.currentTarget.value)}
      />
      <Button variant="default" onClick={complete} disabled={wordsOf(outcome) === "" || isKept}>
        {isKept ? t("desk.kept") : t("desk.taskDone")}
      </Button>
    </Group>
  );
}
