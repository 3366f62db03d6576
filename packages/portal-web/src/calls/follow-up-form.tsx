import {
  Accordion,
  Button,
  Group,
  SegmentedControl,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { wordsOf } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { keep, newRecordId, useDraft } from "../outbox/index.ts";

interface FollowUpDraft {
  readonly kind: "follow_up" | "callback";
  /** Value of a `datetime-local` field, in this computer's zone. */
  readonly due: string;
  readonly instruction: string;
}

const emptyDraft: FollowUpDraft = { kind: "follow_up", due: "", instruction: "" };

function isFollowUpDraft(stored: unknown): stored is FollowUpDraft {
  return (
    typeof stored === "object" && stored !== null && "instruction" in stored && "due" in stored
  );
}

interface FollowUpFormProps {
  readonly callId: string;
}

/** Plans what is to be done after this call. */
export function FollowUpForm({ callId }: FollowUpFormProps): ReactElement {
  const t = useT();
  const [isOpen, setOpen] = useState<string | null>(null);
  const draft = useDraft(`follow-up:${callId}`, emptyDraft, isFollowUpDraft);
  const { kind, due, instruction } = draft.content;
  const dueAt = Number.isNaN(Date.parse(due)) ? null : new Date(due).toISOString();
  const change = (part: Partial<FollowUpDraft>): void =>
    draft.change({ ...draft.content, ...part });
  const plan = (): void => {
    if (dueAt === null) return;
    const taskId = newRecordId();
    keep("addTask", {
      record: `task:${taskId}`,
      params: { callId },
      body: { taskId, kind, dueAt, instruction: wordsOf(instruction) },
    })
      .then(() => {
        draft.clear();
        setOpen(null);
        announce(t("desk.taskKept"));
      })
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  return (
    <Accordion variant="separated" order={2} value={isOpen} onChange={setOpen}>
      <Accordion.Item value="follow-up">
        <Accordion.Control>{t("desk.planFollowUp")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            <SegmentedControl
              aria-label={t("desk.taskKind")}
              value={kind}
              onChange={(value) =>
                change({ kind: value === "callback" ? "callback" : "follow_up" })
              }
              data={[
                { value: "follow_up", label: t("desk.task.follow_up") },
                { value: "callback", label: t("desk.task.callback") },
              ]}
            />
            <TextInput
              type="datetime-local"
              label={t("desk.dueAt")}
              value={due}
              onChange={(event) => change({ due: event.currentTarget.value })}
            />
            <Textarea
              label={t("desk.instruction")}
              description={t("desk.instructionHint")}
              autosize
              minRows={2}
              maxLength={500}
              dir="auto"
              value={instruction}
              onChange={(event) => change({ instruction: event.currentTarget.value })}
            />
            <Group justify="flex-end">
              <Button
                size="xs"
                onClick={plan}
                disabled={dueAt === null || wordsOf(instruction) === ""}
              >
                {t("desk.plan")}
              </Button>
            </Group>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
