import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconPhoneOutgoing } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { ownProfileQuery } from "../agents/index.ts";
import { errorCode } from "../api/index.ts";
import { Notice } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import type { Callback } from "./tasks.ts";
import { useDial } from "./use-dial.ts";

interface DialControlsProps {
  readonly callback: Callback;
}

const waivers = ["callee_agreed", "urgent_safety"] as const;
const phoneRule = /^\+?[0-9]{7,15}$/;

/** The button that dials, and what stands in its way. Outside the hours for calls it asks why. */
export function DialControls({ callback }: DialControlsProps): ReactElement {
  const t = useT();
  const { task, blockedBy, callee, originalCall } = callback;
  const dial = useDial(originalCall.queueId);
  const presence = useQuery(ownProfileQuery).data?.presence.state;
  const [waiver, setWaiver] = useState<(typeof waivers)[number] | null>(null);
  const [typed, setTyped] = useState("");
  const isBusy = presence === "on_call" || presence === "wrapping" || presence === "offered";
  const isOutside = blockedBy === "CALLBACK_OUTSIDE_HOURS";
  const phone = typed.replaceAll(/[\s().-]/g, "");
  const canDial =
    !isBusy &&
    (blockedBy === null || (isOutside && waiver !== null)) &&
    (callee.phone !== null || phoneRule.test(phone));
  return (
    <Stack gap="xs">
      {blockedBy !== null && (
        <Notice tone="warn" role="status">
          {t(`followUps.blocked.${blockedBy}`)}
        </Notice>
      )}
      {isOutside && (
        <NativeSelect
          label={t("followUps.whyNow")}
          value={waiver ?? ""}
          data={[
            { value: "", label: t("desk.choose") },
            ...waivers.map((value) => ({ value, label: t(`followUps.waiver.${value}`) })),
          ]}
          onChange={(event) =>
            setWaiver(waivers.find((each) => each === event.currentTarget.value) ?? null)
          }
        />
      )}
      {callee.phone === null && (
        <TextInput
          type="tel"
          label={t("followUps.numberMissing")}
          value={typed}
          maxLength={24}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Text size="sm" c="dimmed">
        {t("followUps.voicemailRule")}
      </Text>
      <Group>
        <Button
          leftSection={<IconPhoneOutgoing size={16} aria-hidden="true" />}
          disabled={!canDial}
          loading={dial.isPending}
          onClick={() =>
            dial.mutate({
              taskId: task.taskId,
              ...(callee.phone === null ? { phone } : {}),
              ...(waiver === null || !isOutside ? {} : { hoursWaiver: waiver }),
            })
          }
        >
          {t("followUps.dial")}
        </Button>
        {isBusy && <Text size="sm">{t("followUps.afterThis")}</Text>}
      </Group>
      {dial.isError && (
        <Text role="alert" size="sm" c="red">
          {refusal(t, errorCode(dial.error))}
        </Text>
      )}
    </Stack>
  );
}
