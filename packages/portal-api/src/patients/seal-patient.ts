import type { FieldCipher } from "../encryption/index.ts";
import { nameKey, phoneKey, ssnLastFourKey } from "./search-keys.ts";

/** A patient as it is typed, before anything is encrypted. */
export interface PlainPatient {
  readonly patientId: string;
  readonly mrn: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth: string | null;
  readonly sex: "female" | "male" | "other" | "unknown";
  readonly ssn: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zipCode: string | null;
  readonly insuranceProvider: string | null;
  readonly insurancePolicyNumber: string | null;
  readonly preferredLanguage: string | null;
  readonly safeContact: string | null;
  readonly isIdentified: boolean;
  readonly isRestricted: boolean;
}

/** Names of the encrypted fields: bound into the ciphertext, so that none opens in another's place. */
export const sealedFields = {
  ssn: "patient_ssn",
  insurance_policy_number: "patient_insurance_policy_number",
} as const;

/** The row of `patients`: SSN and policy number sealed, search keys made (HCC-SEC-07). */
export async function sealPatient(cipher: FieldCipher, plain: PlainPatient) {
  const { patientId, ssn, insurancePolicyNumber } = plain;
  const lastFour = ssn?.slice(-4);
  return {
    patient_id: patientId,
    mrn: plain.mrn,
    first_name: plain.firstName,
    last_name: plain.lastName,
    first_name_key: nameKey(plain.firstName),
    last_name_key: nameKey(plain.lastName),
    date_of_birth: plain.dateOfBirth,
    sex: plain.sex,
    ssn: ssn === null ? null : await cipher.seal(sealedFields.ssn, patientId, ssn),
    ssn_last_four_index:
      lastFour === undefined
        ? null
        : cipher.blindIndex("patient_ssn_last_four", ssnLastFourKey(patientId, lastFour)),
    email: plain.email,
    phone: plain.phone,
    phone_digits: plain.phone === null ? null : phoneKey(plain.phone),
    address: plain.address,
    city: plain.city,
    state: plain.state,
    zip_code: plain.zipCode,
    insurance_provider: plain.insuranceProvider,
    insurance_policy_number:
      insurancePolicyNumber === null
        ? null
        : await cipher.seal(sealedFields.insurance_policy_number, patientId, insurancePolicyNumber),
    preferred_language: plain.preferredLanguage,
    safe_contact: plain.safeContact,
    is_identified: plain.isIdentified,
    is_restricted: plain.isRestricted,
  };
}
