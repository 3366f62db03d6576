import type { PatientCard } from "@careline/portal-contract/patients/index.ts";
import type { ReactElement } from "react";
import { Fact, Facts, Notice } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { MaskedField } from "./masked-field.tsx";

interface PatientDetailsProps {
  readonly patientId: string;
  readonly details: NonNullable<PatientCard["details"]>;
}

/** What may be seen after verification; social security, policy, phone and e-mail stay masked until there is a reason. */
export function PatientDetails({ patientId, details }: PatientDetailsProps): ReactElement {
  const t = useT();
  const day = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "long", timeZone: "UTC" });
  const address = [details.address, details.city, details.state, details.zipCode]
    .filter(Boolean)
    .join(", ");
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
        <MaskedField patientId={patientId} field="ssn" masked={details.ssn} />
        <Fact name={t("patients.insurance")}>{details.insuranceProvider ?? "—"}</Fact>
        <MaskedField
          patientId={patientId}
          field="insurance_policy_number"
          masked={details.insurancePolicyNumber}
        />
      </Facts>
    </>
  );
}
