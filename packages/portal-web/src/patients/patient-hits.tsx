import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconLock, IconUser } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { errorCode, insist, wordsOf } from "../api/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import type { PatientCard, PatientHit } from "./patient-queries.ts";

interface PatientHitsProps {
  readonly hits: readonly PatientHit[];
  readonly callId: string;
  readonly onOpened: (card: PatientCard) => void;
}

const reasonLengthMin = 10;

/** Minimal masked rows; opening one is a decision of its own, a restricted one needs a reason. */
export function PatientHits({ hits, callId, onOpened }: PatientHitsProps): ReactElement {
  const t = useT();
  const [restricted, setRestricted] = useState<PatientHit | null>(null);
  const open = useMutation({
    mutationFn: async ({
      hit,
      reason,
    }: {
      readonly hit: PatientHit;
      readonly reason: string | null;
    }) => {
      const because = { kind: "call", callId } as const;
      const body = reason === null ? { because } : { because, restrictedReason: reason };
      return (await insist("openPatient", { params: { patientId: hit.patientId }, body })).data;
    },
    onSuccess: onOpened,
  });
  return (
    <Stack gap={6}>
      {hits.map((hit) => (
        <Group key={hit.patientId} justify="space-between" gap="xs">
          <Group gap="xs" wrap="nowrap">
            {hit.isRestricted ? (
              <IconLock size={18} aria-hidden="true" />
            ) : (
              <IconUser size={18} aria-hidden="true" />
            )}
            <div>
              <Text size="sm" fw={500} dir="auto">
                {hit.lastName}, {hit.firstName}
              </Text>
              <Text size="xs" c="dimmed">
                {t("patients.hitFacts", {
                  year: hit.birthYear ?? "—",
                  mrn: hit.mrn,
                  phone: hit.phoneLastFour ?? "—",
                })}
              </Text>
            </div>
          </Group>
          <Button
            size="xs"
            variant="default"
            loading={open.isPending && open.variables.hit.patientId === hit.patientId}
            onClick={() =>
              hit.isRestricted ? setRestricted(hit) : open.mutate({ hit, reason: null })
            }
            aria-label={t("patients.openOf", { name: `${hit.firstName} ${hit.lastName}` })}
          >
            {t("patients.open")}
          </Button>
        </Group>
      ))}
      {restricted !== null && (
        <RestrictedReason
          onCancel={() => setRestricted(null)}
          onGiven={(reason) =>
            open.mutate({ hit: restricted, reason }, { onSuccess: () => setRestricted(null) })
          }
        />
      )}
      {open.isError && (
        <Text role="alert" size="sm" c="red">
          {refusal(t, errorCode(open.error))}
        </Text>
      )}
    </Stack>
  );
}

interface RestrictedReasonProps {
  readonly onGiven: (reason: string) => void;
  readonly onCancel: () => void;
}

function RestrictedReason({ onGiven, onCancel }: RestrictedReasonProps): ReactElement {
  const t = useT();
  const [reason, setReason] = useState("");
  return (
    <Stack gap="xs">
      <Textarea
        label={t("patients.restrictedReason")}
        description={t("patients.restrictedText")}
        value={reason}
        maxLength={500}
        dir="auto"
        autoFocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          size="xs"
          disabled={wordsOf(reason).length < reasonLengthMin}
          onClick={() => onGiven(wordsOf(reason))}
        >
          {t("patients.open")}
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          {t("shell.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
