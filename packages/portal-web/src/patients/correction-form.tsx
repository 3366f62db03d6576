import {
  Button,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import {
  type FormEvent,
  type HTMLInputTypeAttribute,
  type ReactElement,
  useEffect,
  useRef,
} from "react";
import { useT } from "../i18n/index.ts";
import { canBeSent, type DemographicField, recorded } from "./correction.ts";
import type { PatientCard } from "./patient-queries.ts";
import classes from "./patients.module.css";
import type { Correction } from "./use-correction.ts";

interface CorrectionFormProps {
  readonly card: PatientCard;
  readonly details: NonNullable<PatientCard["details"]>;
  readonly correction: Correction;
  readonly onClose: () => void;
}

const sexes = ["female", "male", "other", "unknown"] as const;

/** The record's demographics, typed over where they are wrong, and why. Social security and policy number are no part of it. */
export function CorrectionForm({
  card,
  details,
  correction,
  onClose,
}: CorrectionFormProps): ReactElement {
  const t = useT();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { draft, changes, type, save } = correction;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!canBeSent(changes, draft.reason)) return;
    save();
    onClose();
  };
  const of = (field: DemographicField) => ({
    value: draft.typed[field] ?? recorded(card, details, field),
    onType: (text: string) => type({ [field]: text }),
  });
  const isWithheld = card.disclosure.withheld.includes("insuranceProvider");
  return (
    <form onSubmit={submit} autoComplete="off" aria-label={t("patients.correctTitle")}>
      <Stack gap="xs" className={classes.correction}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={6}>
          <Field
            inputRef={first}
            label={t("patients.firstName")}
            {...of("firstName")}
            lengthMax={100}
          />
          <Field label={t("patients.lastName")} {...of("lastName")} lengthMax={100} />
          <Field label={t("patients.dateOfBirth")} {...of("dateOfBirth")} type="date" />
          <NativeSelect
            size="xs"
            label={t("patients.sex")}
            value={of("sex").value}
            onChange={(event) => of("sex").onType(event.currentTarget.value)}
            data={sexes.map((value) => ({ value, label: t(`patients.sexOf.${value}`) }))}
          />
          <Field
            label={t("patients.field.phone")}
            {...of("phone")}
            type="tel"
            lengthMax={20}
            hint={details.phone === null ? "" : t("patients.keepEmpty", { masked: details.phone })}
          />
          <Field
            label={t("patients.field.email")}
            {...of("email")}
            lengthMax={255}
            hint={details.email === null ? "" : t("patients.keepEmpty", { masked: details.email })}
          />
          <Field label={t("patients.address")} {...of("address")} lengthMax={500} />
          <Field label={t("patients.city")} {...of("city")} lengthMax={100} />
          <Field label={t("patients.state")} {...of("state")} lengthMax={2} />
          <Field label={t("patients.zipCode")} {...of("zipCode")} lengthMax={10} />
          {!isWithheld && (
            <Field label={t("patients.insurance")} {...of("insuranceProvider")} lengthMax={100} />
          )}
          <Field
            label={t("patients.preferredLanguage")}
            {...of("preferredLanguage")}
            lengthMax={50}
          />
        </SimpleGrid>
        <Field label={t("patients.safeContact")} {...of("safeContact")} lengthMax={500} />
        <Textarea
          size="xs"
          label={t("patients.correctReason")}
          description={t("patients.correctReasonText")}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={500}
          dir="auto"
          required
          value={draft.reason}
          onChange={(event) => correction.explain(event.currentTarget.value)}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {Object.keys(changes)
              .map((field) => t(`patients.demographic.${field as DemographicField}`))
              .join(", ")}
          </Text>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                correction.forget();
                onClose();
              }}
            >
              {t("shell.cancel")}
            </Button>
            <Button type="submit" size="xs" disabled={!canBeSent(changes, draft.reason)}>
              {t("patients.saveCorrection")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onType: (text: string) => void;
  readonly type?: HTMLInputTypeAttribute;
  readonly lengthMax?: number;
  readonly hint?: string;
  readonly inputRef?: React.Ref<HTMLInputElement>;
}

function Field({
  label,
  value,
  onType,
  type = "text",
  lengthMax,
  hint,
  inputRef,
}: FieldProps): ReactElement {
  return (
    <TextInput
      size="xs"
      label={label}
      type={type}
      value={value}
      dir="auto"
      {...(lengthMax === undefined ? {} : { maxLength: lengthMax })}
      {...(hint === undefined || hint === "" ? {} : { placeholder: hint })}
      {...(inputRef === undefined ? {} : { ref: inputRef })}
      onChange={(event) => onType(event.currentTarget.value)}
    />
  );
}
