import type { UnmaskableField } from "@careline/portal-contract/patients/index.ts";
import { ActionIcon, Button, Group, Popover, Stack, Text, Textarea } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { errorCode, insist, wordsOf } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";
import { Fact } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";

interface MaskedFieldProps {
  readonly patientId: string;
  readonly field: UnmaskableField;
  readonly masked: string | null;
}

const reasonLengthMin = 10;

/** One masked field. It is shown for ten minutes after a reason was given; both are on record. */
export function MaskedField({ patientId, field, masked }: MaskedFieldProps): ReactElement {
  const t = useT();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const unmask = useMutation({
    mutationFn: async () =>
      (
        await insist("unmaskPatientField", {
          params: { patientId },
          body: { field, reason: wordsOf(reason) },
        })
      ).data,
    onSuccess: () => {
      setAsking(false);
      setReason("");
    },
  });
  const { reset } = unmask;
  const remainingMs = unmask.data?.remainingMs;
  useEffect(() => {
    if (remainingMs === undefined) return;
    return browserClock.after(remainingMs, reset);
  }, [remainingMs, reset]);
  const name = t(`patients.field.${field}`);
  const isShown = unmask.data !== undefined;
  return (
    <Fact name={name}>
      <Group gap={6} wrap="nowrap">
        <span>{(isShown ? unmask.data.value : masked) ?? "—"}</span>
        {isShown && (
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={t("patients.hide", { name })}
            onClick={reset}
          >
            <IconEyeOff size={16} />
          </ActionIcon>
        )}
        {masked !== null && !isShown && (
          <Popover
            opened={isAsking}
            onChange={setAsking}
            trapFocus
            withinPortal
            position="bottom-end"
            width={300}
          >
            <Popover.Target>
              <ActionIcon
                variant="subtle"
                size="sm"
                aria-label={t("patients.show", { name })}
                onClick={() => setAsking(true)}
              >
                <IconEye size={16} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown>
              <Stack gap="xs">
                <Textarea
                  data-autofocus
                  label={t("patients.whyShow", { name })}
                  description={t("patients.whyShowText")}
                  value={reason}
                  maxLength={500}
                  dir="auto"
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
                {unmask.isError && (
                  <Text role="alert" size="sm" c="red">
                    {refusal(t, errorCode(unmask.error))}
                  </Text>
                )}
                <Button
                  size="xs"
                  disabled={wordsOf(reason).length < reasonLengthMin}
                  loading={unmask.isPending}
                  onClick={() => unmask.mutate()}
                >
                  {t("patients.showTenMinutes")}
                </Button>
              </Stack>
            </Popover.Dropdown>
          </Popover>
        )}
      </Group>
    </Fact>
  );
}
