import type { TextKey } from "../i18n/index.ts";

/** What people call the fields of a write; the same words as on the screen where they were typed. */
const fieldTexts: Readonly<Record<string, TextKey>> = {
  reason: "desk.reasonOfCall",
  firstName: "patients.firstName",
  lastName: "patients.lastName",
  dateOfBirth: "patients.dateOfBirth",
  sex: "patients.sex",
  email: "patients.field.email",
  phone: "patients.field.phone",
  address: "patients.address",
  city: "patients.city",
  state: "patients.state",
  zipCode: "patients.zipCode",
  insuranceProvider: "patients.insurance",
  preferredLanguage: "patients.preferredLanguage",
  safeContact: "patients.safeContact",
  name: "desk.callerName",
  relationship: "desk.relationship",
  "authority.kind": "desk.authority",
  "authority.verifiedBy": "desk.establishedBy",
  "authority.scope": "desk.authorityScope",
  "authority.expiresOn": "desk.expiresOn",
  resolution: "desk.resolution",
  verbatim: "adverseEvents.verbatim",
  severity: "adverseEvents.severity",
  outcome: "adverseEvents.outcome",
  startedOn: "adverseEvents.startedOn",
  dosage: "adverseEvents.dosage",
  batchNumber: "adverseEvents.batchNumber",
  indication: "adverseEvents.indication",
  initials: "adverseEvents.initials",
  eventDate: "adverseEvents.eventDate",
  narrative: "adverseEvents.narrative",
};

/** The text of the field at `path` (`authority.kind`, `changes.city`), by its last two parts or its last; null when it has none. */
export function fieldText(path: string): TextKey | null {
  const parts = path.split(".");
  return fieldTexts[parts.slice(-2).join(".")] ?? fieldTexts[parts.at(-1) ?? ""] ?? null;
}
