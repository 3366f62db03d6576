import type { ScreenAnswers, ScreenQuestion } from "@careline/portal-contract/calls/index.ts";
import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { type ReactElement, useRef, useState } from "react";
import { announce } from "../announce/index.ts";
import { Notice, Panel } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { keep, useDraft } from "../outbox/index.ts";
import { runCommand, useCommand } from "../shortcuts/index.ts";
import type { Call } from "./call.ts";
import { screenQuestions } from "./codes.ts";

type Given = Partial<ScreenAnswers>;
const nothingGiven: Given = {};

function isGiven(stored: unknown): stored is Given {
  return typeof stored === "object" && stored !== null;
}

interface SafetyScreenProps {
  readonly call: Call;
}

/** The five questions of every call. No call closes before they are answered. */
export function SafetyScreen({ call }: SafetyScreenProps): ReactElement {
  const t = useT();
  const draft = useDraft(`screen:${call.callId}`, nothingGiven, isGiven);
  const [isKept, setKept] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useCommand("screen.answer", () => first.current?.focus());
  const given: Given = { ...call.screen?.answers, ...draft.content };
  const isComplete = screenQuestions.every((question) => given[question] !== undefined);
  const isAnswered = call.screen !== null && Object.keys(draft.content).length === 0;
  const answer = (question: ScreenQuestion, value: boolean): void => {
    setKept(false);
    draft.change({ ...draft.content, [question]: value });
    if (question === "adverse_event" && value) runCommand("intake.open");
  };
  const save = (): void => {
    if (!isComplete) return;
    keep("putScreen", {
      record: `call:${call.callId}`,
      params: { callId: call.callId },
      body: { answers: given as ScreenAnswers },
    })
      .then((kept) => {
        setKept(true);
        announce(t("desk.screenKept"));
        return kept.outcome(new AbortController().signal);
      })
      .then((outcome) => {
        if (outcome.kind === "acknowledged") draft.clear();
      })
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  return (
    <Panel
      title={t("desk.mandatoryScreen")}
      aside={
        isAnswered && (
          <IconCircleCheck size={20} color="var(--desk-good)" aria-label={t("desk.answered")} />
        )
      }
    >
      <Stack gap="sm">
        {screenQuestions.map((question, index) => (
          <Question
            key={question}
            question={question}
            value={given[question]}
            onAnswer={answer}
            firstRef={index === 0 ? first : undefined}
          />
        ))}
        {given.adverse_event === true && call.adverseEventIds.length === 0 && (
          <Notice tone="warn">{t("desk.needsReport")}</Notice>
        )}
        <Group justify="space-between">
          <Text size="xs" c="dimmed" role="status">
            {isKept ? t("desk.kept") : isAnswered ? t("desk.answered") : t("desk.screenOpen")}
          </Text>
          <Button size="xs" onClick={save} disabled={!isComplete || isAnswered}>
            {t("desk.saveScreen")}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

interface QuestionProps {
  readonly question: ScreenQuestion;
  readonly value: boolean | undefined;
  readonly onAnswer: (question: ScreenQuestion, value: boolean) => void;
  readonly firstRef: React.Ref<HTMLInputElement> | undefined;
}

function Question({ question, value, onAnswer, firstRef }: QuestionProps): ReactElement {
  const t = useT();
  return (
    <Radio.Group
      label={t(`desk.question.${question}`)}
      value={value === undefined ? "" : String(value)}
      onChange={(text) => onAnswer(question, text === "true")}
      size="sm"
    >
      <Group gap="lg" mt={4}>
        <Radio
          value="true"
          label={t("desk.yes")}
          {...(firstRef === undefined ? {} : { ref: firstRef })}
        />
        <Radio value="false" label={t("desk.no")} />
      </Group>
    </Radio.Group>
  );
}
