import type { PatientCard } from "./patient-queries.ts";

/** The card of a verified, fictional patient. */
export const verifiedCard = {
  patientId: "0199c0de-0000-7000-8000-0000000000b1",
  version: 4,
  mrn: "MRN-000123",
  firstName: "Rosa",
  lastName: "Example",
  birthYear: 1980,
  isIdentified: true,
  isRestricted: false,
  preferredLanguage: "en",
  verification: null,
  details: {
    dateOfBirth: "1980-02-28",
    sex: "female",
    ssn: "XXX-XX-XXXX",
    email: "rXXX@XXXX.com",
    phone: "XXX-XXX-0123",
    address: "1 Fictional Way",
    city: "Sampleton",
    state: "NY",
    zipCode: "10000",
    insuranceProvider: "Example Mutual",
    insurancePolicyNumber: "XXXXXXXX",
    safeContact: null,
    lastChange: null,
  },
  disclosure: { scope: "all", because: "patient", until: null, withheld: [] },
} as const satisfies PatientCard;
