import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { type ReactElement, useRef, useState } from "react";
import { Fact, Facts, Notice } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { CorrectionForm } from "./correction-form.tsx";
import { MaskedField } from "./masked-field.tsx";
import type { PatientCard } from "./patient-queries.ts";
import { useCorrection } from "./use-correction.ts";

type Details = NonNullable<PatientCard["details"]>;

interface PatientDetailsProps {
  readonly callId: string;
  readonly card: PatientCard;
  readonly details: Details;
}

/** What may be seen after verification, and where it is corrected. */
export function PatientDetails({ callId, card, details }: PatientDetailsProps): ReactElement {
  const t = useT();
  const correction = useCorrection(callId, card, details);
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  // A draft that survived a reload is shown again, open.
  const isCorrecting = isOpen || correction.draft.version !== null;
  const close = (): void => {
    setOpen(false);
    // After the form is gone: the keyboard goes on where it was opened.
    requestAnimationFrame(() => opener.current?.focus());
  };
  if (isCorrecting)
    return <CorrectionForm card={card} details={details} correction={correction} onClose={close} />;
  return (
    <Stack gap="xs">
      <DetailFacts patientId={card.patientId} card={card} details={details} />
      {correction.waiting === "refused" && (
        <Notice tone="bad" role="status">
          {t("patients.correctionRefused")}
        </Notice>
      )}
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed" role="status" flex={1}>
          {correction.waiting === "waits" ? (
            t("patients.correctionWaits")
          ) : (
            <LastChange change={details.lastChange} />
          )}
        </Text>
        <Button
          ref={opener}
          size="xs"
          variant="default"
          leftSection={<IconPencil size={14} aria-hidden="true" />}
          // One at a time: the next one is made on top of what the service then has.
          disabled={correction.waiting !== null}
          onClick={() => setOpen(true)}
        >
          {t("patients.correct")}
        </Button>
      </Group>
    </Stack>
  );
}

interface DetailFactsProps {
  readonly patientId: string;
  readonly card: PatientCard;
  readonly details: Details;
}

/** Social security, policy, phone and e-mail stay masked until there is a reason. */
function DetailFacts({ patientId, card, details }: DetailFactsProps): ReactElement {
  const t = useT();
  const day = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "long", timeZone: "UTC" });
  const address = [details.address, details.city, details.state, details.zipCode]
    .filter(Boolean)
    .join(", ");
  const { withheld } = card.disclosure;
  const closed = t("patients.withheld");
  return (
    <>
      {details.safeContact !== null && (
        <Notice tone="warn" title={t("patients.safeContact")}>
          {details.safeContact}
        </Notice>
      )}
      <Facts>
        <Fact name={t("patients.dateOfBirth")}>
          {details.dateOfBirth === null ? "—" : day.format(new Date(details.dateOfBirth))}
        </Fact>
        <Fact name={t("patients.sex")}>{t(`patients.sexOf.${details.sex}`)}</Fact>
        <MaskedField patientId={patientId} field="phone" masked={details.phone} />
        <MaskedField patientId={patientId} field="email" masked={details.email} />
        <Fact name={t("patients.address")}>{address === "" ? "—" : address}</Fact>
        {withheld.includes("ssn") ? (
          <Fact name={t("patients.field.ssn")}>{closed}</Fact>
        ) : (
          <MaskedField patientId={patientId} field="ssn" masked={details.ssn} />
        )}
        <Fact name={t("patients.insurance")}>
          {withheld.includes("insuranceProvider") ? closed : (details.insuranceProvider ?? "—")}
        </Fact>
        {!withheld.includes("insurancePolicyNumber") && (
          <MaskedField
            patientId={patientId}
            field="insurance_policy_number"
            masked={details.insurancePolicyNumber}
          />
        )}
      </Facts>
    </>
  );
}

function LastChange({ change }: { readonly change: Details["lastChange"] }): ReactElement | null {
  const t = useT();
  if (change === null) return null;
  const day = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium" });
  return (
    <span dir="auto">
      {t("patients.correctedBy", {
        day: day.format(new Date(change.changedAt)),
        name: change.agentName ?? t("patients.somebody"),
        fields: change.fields.map((field) => t(`patients.demographic.${field}`)).join(", "),
        reason: change.reason,
      })}
    </span>
  );
}
