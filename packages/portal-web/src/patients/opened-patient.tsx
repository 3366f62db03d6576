import type { Call } from "@careline/portal-contract/calls/index.ts";
import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect } from "react";
import { announce } from "../announce/index.ts";
import { errorCode, insist } from "../api/index.ts";
import { Failure, Tag } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { useOutbox } from "../outbox/index.ts";
import { DisclosureNotice, quietDisclosure } from "./disclosure-notice.tsx";
import { PatientChooser } from "./patient-chooser.tsx";
import { PatientDetails } from "./patient-details.tsx";
import { type PatientCard, patientQuery } from "./patient-queries.ts";
import { isSaidWaiting } from "./said-waiting.ts";
import { VerifyForm } from "./verify-form.tsx";

interface OpenedPatientProps {
  readonly call: Call;
  readonly patientId: string;
  readonly onOpened: (card: PatientCard) => void;
}

/** The opened card: who it is, the verification, and after it the masked details. */
export function OpenedPatient({ call, patientId, onOpened }: OpenedPatientProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const { items } = useOutbox();
  const patient = useQuery(patientQuery(call.callId, patientId));
  const isLinked = call.patients.some((each) => each.patientId === patientId);
  const link = useMutation({
    mutationFn: async () => {
      await insist("linkPatient", { params: { callId: call.callId }, body: { patientId } });
      announce(t("patients.linked"));
      await queryClient.invalidateQueries({ queryKey: ["current-calls"] });
    },
  });
  const { mutate: linkNow } = link;
  const isVerified =
    patient.data !== undefined &&
    (patient.data.verification !== null || patient.data.details !== null);
  useEffect(() => {
    // Whoever was verified on this call is whom it is about: not asked twice.
    if (isVerified && !isLinked) linkNow();
  }, [isVerified, isLinked, linkNow]);
  if (patient.isPending)
    return <Skeleton height={140} role="status" aria-label={t("shell.loading")} />;
  // Linked by an earlier call, and not opened for this one (a restricted record): whoever needs it opens it with a reason.
  if (patient.isError && errorCode(patient.error) === "PATIENT_NOT_OPEN")
    return <PatientChooser call={call} onOpened={onOpened} />;
  if (patient.isError)
    return <Failure error={patient.error} onRetry={() => void patient.refetch()} />;
  const card = patient.data;
  return (
    <Stack gap="sm">
      <div>
        <Text size="lg" fw={600} dir="auto" style={{ overflowWrap: "anywhere" }}>
          {nameOf(card) ?? t("patients.unidentified")}
        </Text>
        <Text size="sm" c="dimmed">
          {[
            t("patients.cardFacts", { mrn: card.mrn, year: card.birthYear ?? "—" }),
            quietDisclosure(card.disclosure.because, t),
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </div>
      {/* As high as its button, which becomes a label. */}
      <Group gap="xs" mih={30} justify="space-between">
        {isLinked ? (
          <Tag tone="calm">{t("patients.isLinked")}</Tag>
        ) : (
          <Button
            size="xs"
            variant="default"
            loading={link.isPending}
            onClick={() => link.mutate()}
          >
            {t("patients.link")}
          </Button>
        )}
        {card.verification !== null && (
          <Tag tone="good">
            <IconShieldCheck size={14} aria-hidden="true" />
            {t(
              card.disclosure.because === "caller_unknown"
                ? "patients.identifiersMatch"
                : "patients.verified",
            )}
          </Tag>
        )}
      </Group>
      {link.isError && <Failure error={link.error} />}
      <DisclosureNotice
        disclosure={card.disclosure}
        isSaidWaiting={isSaidWaiting({ callId: call.callId, patientId }, items)}
      />
      {card.disclosure.because === "unverified" && (
        <VerifyForm
          callId={call.callId}
          patientId={patientId}
          onVerified={() => void patient.refetch()}
        />
      )}
      {card.details !== null && (
        <PatientDetails callId={call.callId} card={card} details={card.details} />
      )}
    </Stack>
  );
}

/** Somebody who was registered from a call has a drawn number and may still have said a name. */
function nameOf({ lastName, firstName }: PatientCard): string | null {
  const parts = [lastName, firstName].filter((part) => part.trim() !== "");
  return parts.length === 0 ? null : parts.join(", ");
}
