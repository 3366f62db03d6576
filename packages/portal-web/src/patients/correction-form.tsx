import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, type ReactElement, useEffect, useRef } from "react";
import { useT } from "../i18n/index.ts";
import { canBeSent, type DemographicField } from "./correction.ts";
import { CorrectionFields } from "./correction-fields.tsx";
import type { PatientCard } from "./patient-queries.ts";
import classes from "./patients.module.css";
import type { Correction } from "./use-correction.ts";

interface CorrectionFormProps {
  readonly card: PatientCard;
  readonly details: NonNullable<PatientCard["details"]>;
  readonly correction: Correction;
  readonly onClose: () => void;
}

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
  const { draft, changes, save } = correction;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!canBeSent(changes, draft.reason)) return;
    save();
    onClose();
  };
  return (
    <form onSubmit={submit} autoComplete="off" aria-label={t("patients.correctTitle")}>
      <Stack gap="xs" className={classes.correction}>
        <CorrectionFields card={card} details={details} correction={correction} firstRef={first} />
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
