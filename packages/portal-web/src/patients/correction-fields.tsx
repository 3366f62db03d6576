import { SimpleGrid } from "@mantine/core";
import type { ReactElement, Ref } from "react";
import { ChoiceField, TextLine } from "../fields/index.ts";
import { useT } from "../i18n/index.ts";
import { type DemographicField, recorded } from "./correction.ts";
import type { PatientCard } from "./patient-queries.ts";
import type { Correction } from "./use-correction.ts";

interface CorrectionFieldsProps {
  readonly card: PatientCard;
  readonly details: NonNullable<PatientCard["details"]>;
  readonly correction: Correction;
  readonly firstRef: Ref<HTMLInputElement>;
}

const sexes = ["female", "male", "other", "unknown"] as const;

/** Each demographic as the record has it, to be typed over; what is masked stays empty and is kept unless another is typed. */
export function CorrectionFields({
  card,
  details,
  correction,
  firstRef,
}: CorrectionFieldsProps): ReactElement {
  const t = useT();
  const { draft, type } = correction;
  const line = (field: DemographicField, label: string, lengthMax: number) => (
    <TextLine
      key={field}
      size="xs"
      label={label}
      type={field === "dateOfBirth" ? "date" : "text"}
      lengthMax={lengthMax}
      value={draft.typed[field] ?? recorded(card, details, field)}
      onType={(text) => type({ [field]: text ?? "" })}
      {...(field === "firstName" ? { fieldRef: firstRef } : {})}
      {...placeholderOf(field)}
    />
  );
  const placeholderOf = (field: DemographicField): { readonly placeholder?: string } => {
    const masked = field === "phone" || field === "email" ? details[field] : null;
    return masked === null ? {} : { placeholder: t("patients.keepEmpty", { masked }) };
  };
  const sex = draft.typed.sex ?? recorded(card, details, "sex");
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={6}>
        {line("firstName", t("patients.firstName"), 100)}
        {line("lastName", t("patients.lastName"), 100)}
        {line("dateOfBirth", t("patients.dateOfBirth"), 10)}
        <ChoiceField
          size="xs"
          label={t("patients.sex")}
          value={sexes.find((each) => each === sex) ?? "unknown"}
          codes={sexes}
          nameOf={(each) => t(`patients.sexOf.${each}`)}
          onChoose={(each) => type({ sex: each ?? "unknown" })}
        />
        {line("phone", t("patients.field.phone"), 20)}
        {line("email", t("patients.field.email"), 255)}
        {line("address", t("patients.address"), 500)}
        {line("city", t("patients.city"), 100)}
        {line("state", t("patients.state"), 2)}
        {line("zipCode", t("patients.zipCode"), 10)}
        {!card.disclosure.withheld.includes("insuranceProvider") &&
          line("insuranceProvider", t("patients.insurance"), 100)}
        {line("preferredLanguage", t("patients.preferredLanguage"), 50)}
      </SimpleGrid>
      {line("safeContact", t("patients.safeContact"), 500)}
    </>
  );
}
