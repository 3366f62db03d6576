import { Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { browserClock, useNow } from "../clock/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { type OutcomeDraft, outcomeKinds, outcomeOf, tomorrowAt } from "./outcome.ts";
import { useRecordOutcome } from "./use-record-outcome.ts";

interface OutcomeFormProps {
  readonly taskId: string;
  /** What is offered first: the likeliest after what became of the call. */
  readonly first: OutcomeDraft["kind"];
}

/** What came of a callback; kept in the outbox, so that it survives whatever happens next. */
export function OutcomeForm({ taskId, first }: OutcomeFormProps): ReactElement {
  const t = useT();
  const now = useNow();
  const recording = useRecordOutcome(taskId);
  const [draft, setDraft] = useState<OutcomeDraft>(() => ({
    kind: first,
    note: "",
    at: tomorrowAt(browserClock.wallNow()),
  }));
  const outcome = outcomeOf(draft, now);
  const change = (part: Partial<OutcomeDraft>): void => setDraft({ ...draft, ...part });
  const isKept = recording.state === "kept";
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t("followUps.outcomeTitle")}
        value={draft.kind}
        onChange={(value) =>
          change({ kind: outcomeKinds.find((each) => each === value) ?? draft.kind })
        }
      >
        <Group gap="md" mt={4}>
          {outcomeKinds.map((value) => (
            <Radio key={value} value={value} label={t(`followUps.outcome.${value}`)} />
          ))}
        </Group>
      </Radio.Group>
      <Text size="sm" c="dimmed">
        {t(`followUps.outcomeText.${draft.kind}`)}
      </Text>
      {draft.kind === "try_again" && (
        <TextInput
          type="datetime-local"
          label={t("followUps.tryAt")}
          value={draft.at}
          onChange={(event) => change({ at: event.currentTarget.value })}
        />
      )}
      <Group align="flex-end" gap="xs">
        <TextInput
          flex="1 1 12rem"
          label={t("followUps.note")}
          value={draft.note}
          maxLength={480}
          dir="auto"
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
        <Button
          onClick={() => outcome !== null && recording.record(outcome)}
          disabled={outcome === null || isKept}
        >
          {isKept ? t("followUps.recorded") : t("followUps.record")}
        </Button>
      </Group>
      {recording.state === "refused" && (
        <Text role="alert" size="sm" c="red">
          {refusal(t, recording.code)}
        </Text>
      )}
    </Stack>
  );
}
