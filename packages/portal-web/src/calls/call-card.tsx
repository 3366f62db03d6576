import { Group, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { clockDuration, sinceMs, useNow } from "../clock/index.ts";
import { Panel, Tag } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { type Call, isDialling } from "./call.ts";
import { CallControls } from "./call-controls.tsx";
import classes from "./desk.module.css";
import { languageName } from "./language-name.ts";
import { useProgrammeOf } from "./programmes.ts";
import { shownPhone } from "./shown-phone.ts";

interface CallCardProps {
  readonly call: Call;
}

/** State, time and controls of the call in hand. */
export function CallCard({ call }: CallCardProps): ReactElement {
  const t = useT();
  const now = useNow();
  const { programme, queue } = useProgrammeOf(call);
  const end = call.callEndTime === null ? now : Date.parse(call.callEndTime);
  return (
    <Panel title={t("desk.call")} aside={<Tag tone="calm">{t(`desk.type.${call.type}`)}</Tag>}>
      <Stack gap="sm">
        <Group justify="space-between" align="baseline">
          <Text className={classes.callState} component="p" role="status">
            {isDialling(call) ? t("followUps.dialling") : t(`desk.state.${call.state}`)}
          </Text>
          <Text size="xl" fw={600} component="p">
            <span role="timer" aria-label={t("desk.duration")}>
              {clockDuration(sinceMs(call.connectedAt ?? call.callStartTime, end))}
            </span>
          </Text>
        </Group>
        <div>
          <Text fw={600} size="lg">
            {shownPhone(call.callerPhoneNumber) ?? t("desk.numberHidden")}
          </Text>
          <Text size="sm" c="dimmed" className={classes.twoLines}>
            {[programme?.name, queue?.name, languageName(call.language)]
              .filter(Boolean)
              .join(" · ")}
          </Text>
          {call.statedReason !== null && (
            <Text size="sm" dir="auto">
              {t("desk.statedReasonIs", { reason: call.statedReason })}
            </Text>
          )}
        </div>
        <CallControls call={call} />
      </Stack>
    </Panel>
  );
}
