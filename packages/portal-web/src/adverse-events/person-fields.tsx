import type { AdverseEventFields } from "@careline/portal-contract/adverse-events/schemas.ts";
import { NativeSelect, NumberInput, SimpleGrid, Text, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import { reporterTypes, sexes } from "./codes.ts";
import classes from "./intake.module.css";

interface PersonFieldsProps {
  readonly fields: AdverseEventFields;
  readonly patientName: string | null;
  readonly onChange: (part: Partial<AdverseEventFields>) => void;
}

/** Who had it and who tells it; taken from the call where the call knows. */
export function PersonFields({ fields, patientName, onChange }: PersonFieldsProps): ReactElement {
  const t = useT();
  const { patient, reporter } = fields;
  const orNull = (text: string): string | null => (text === "" ? null : text);
  return (
    <>
      <fieldset className={classes.row}>
        <legend>{t("adverseEvents.thePatient")}</legend>
        {patient.patientId !== null && (
          <Text size="sm" mb={4} dir="auto">
            {t("adverseEvents.patientKnown", { name: patientName ?? t("patients.patient") })}
          </Text>
        )}
        <SimpleGrid type="container" cols={{ base: 1, "260px": 2, "480px": 3 }} spacing="xs">
          <TextInput
            label={t("adverseEvents.initials")}
            value={patient.initials ?? ""}
            maxLength={10}
            dir="auto"
            onChange={(event) =>
              onChange({ patient: { ...patient, initials: orNull(event.currentTarget.value) } })
            }
          />
          <NumberInput
            maxLength={6}
            label={t("adverseEvents.age")}
            value={patient.ageYears ?? ""}
            min={0}
            max={130}
            allowDecimal={false}
            hideControls
            onChange={(value) =>
              onChange({
                patient: { ...patient, ageYears: typeof value === "number" ? value : null },
              })
            }
          />
          <NativeSelect
            label={t("patients.sex")}
            value={patient.sex}
            data={sexes.map((value) => ({ value, label: t(`patients.sexOf.${value}`) }))}
            onChange={(event) =>
              onChange({
                patient: {
                  ...patient,
                  sex: sexes.find((each) => each === event.currentTarget.value) ?? "unknown",
                },
              })
            }
          />
        </SimpleGrid>
      </fieldset>
      <fieldset className={classes.row}>
        <legend>{t("adverseEvents.theReporter")}</legend>
        <SimpleGrid type="container" cols={{ base: 1, "260px": 2, "480px": 3 }} spacing="xs">
          <TextInput
            label={t("desk.callerName")}
            value={reporter.name ?? ""}
            maxLength={200}
            dir="auto"
            onChange={(event) =>
              onChange({ reporter: { ...reporter, name: orNull(event.currentTarget.value) } })
            }
          />
          <TextInput
            label={t("adverseEvents.contact")}
            value={reporter.contact ?? ""}
            maxLength={200}
            dir="auto"
            onChange={(event) =>
              onChange({ reporter: { ...reporter, contact: orNull(event.currentTarget.value) } })
            }
          />
          <NativeSelect
            label={t("adverseEvents.reporterType")}
            value={reporter.type ?? ""}
            data={[
              { value: "", label: t("desk.choose") },
              ...reporterTypes.map((value) => ({
                value,
                label: t(`adverseEvents.reporterOf.${value}`),
              })),
            ]}
            onChange={(event) =>
              onChange({
                reporter: {
                  ...reporter,
                  type: reporterTypes.find((each) => each === event.currentTarget.value) ?? null,
                },
              })
            }
          />
        </SimpleGrid>
      </fieldset>
    </>
  );
}
