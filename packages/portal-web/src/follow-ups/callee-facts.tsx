import { Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { Fact, Facts, Notice } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { OriginalNotes } from "./original-notes.tsx";
import type { Callback } from "./tasks.ts";

interface CalleeFactsProps {
  readonly callback: Callback;
  /** Beside the call itself, number and patient are in sight already. */
  readonly isBesideCall?: boolean;
}

/** Whom the callback is for, what has to be minded, and what the first call was about. */
export function CalleeFacts({ callback, isBesideCall = false }: CalleeFactsProps): ReactElement {
  const t = useT();
  const { callee, originalCall, callerId, task, attemptsMax } = callback;
  const when = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const about = callee.patients.map((each) => `${each.displayName} (${each.mrn})`).join(", ");
  const times = callee.localTimes
    .map(({ time, zone }) => t("followUps.zoneTime", { time, zone: zoneName(zone) }))
    .join(", ");
  return (
    <Stack gap="sm">
      {callee.safeContacts.length > 0 && (
        <Notice tone="warn" title={t("followUps.mindFirst")}>
          {callee.safeContacts.map((text) => (
            <Text key={text} size="sm" dir="auto">
              {text}
            </Text>
          ))}
        </Notice>
      )}
      <Facts>
        <Fact name={t("followUps.callee")}>
          {callee.name ?? t("followUps.nameUnknown")} ({t(`desk.relation.${callee.relationship}`)})
        </Fact>
        {!isBesideCall && <Fact name={t("followUps.number")}>{callee.phone ?? "—"}</Fact>}
        <Fact name={t("followUps.theirTime")}>{times}</Fact>
        {callerId !== null && !isBesideCall && (
          <Fact name={t("followUps.theySee")}>{callerId}</Fact>
        )}
        {about !== "" && !isBesideCall && <Fact name={t("followUps.patients")}>{about}</Fact>}
        <Fact name={t("followUps.originalCall")}>
          {t("followUps.originalFacts", {
            when: when.format(new Date(originalCall.callStartTime)),
            queue: originalCall.queueName ?? "—",
            agent: originalCall.agentName ?? "—",
          })}
        </Fact>
        {originalCall.resolution !== null && (
          <Fact name={t("followUps.originalResolution")}>{originalCall.resolution}</Fact>
        )}
      </Facts>
      <Text size="sm" c="dimmed">
        {task.attempts === 0
          ? t("followUps.neverCalled")
          : t("followUps.attempts", { count: task.attempts, most: attemptsMax })}
        {task.lastResult === null ? "" : `; ${t(`followUps.result.${task.lastResult}`)}`}
      </Text>
      <OriginalNotes callId={originalCall.callId} />
    </Stack>
  );
}

/** `America/New_York` → `New York`: the place is what people say. */
function zoneName(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
