import { z } from "zod";
import { disclosureSchema } from "../callers/index.ts";
import { idSchema } from "../shapes.ts";

/** A row of search: minimal and masked, whoever asks. */
export const patientHitSchema = z.strictObject({
  patientId: z.uuid(),
  firstName: z.string(),
  lastName: z.string(),
  birthYear: z.int().nullable(),
  mrn: z.string(),
  phoneLastFour: z.string().nullable(),
  isRestricted: z.boolean(),
});
export type PatientHit = z.infer<typeof patientHitSchema>;

/** A search is a POST, so that what was searched never stands in a URL. */
export const searchPatientsBodySchema = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("name"),
    /** Beginning of the last name, at least two letters. */
    lastName: z.string().trim().min(2).max(100),
    firstName: z.string().trim().max(100).optional(),
  }),
  z.strictObject({ by: z.literal("mrn"), mrn: z.string().trim().min(3).max(50) }),
  z.strictObject({ by: z.literal("phone"), phone: z.string().trim().min(7).max(20) }),
  z.strictObject({
    by: z.literal("birth_date"),
    dateOfBirth: z.iso.date(),
    lastName: z.string().trim().max(100).optional(),
  }),
  z.strictObject({ by: z.literal("email"), email: z.string().trim().min(3).max(255) }),
]);
export type SearchPatientsBody = z.infer<typeof searchPatientsBodySchema>;
export const searchPatientsAnswerSchema = z.strictObject({
  items: z.array(patientHitSchema).max(20),
  /** More than 20 matched: narrow the search. */
  isTruncated: z.boolean(),
});

export const unmaskableFields = ["ssn", "insurance_policy_number", "email", "phone"] as const;
export const unmaskableFieldSchema = z.enum(unmaskableFields);
export type UnmaskableField = z.infer<typeof unmaskableFieldSchema>;

export const identifierKinds = [
  "full_name",
  "date_of_birth",
  "zip_code",
  "phone",
  "mrn",
  "ssn_last_four",
] as const;
export const identifierKindSchema = z.enum(identifierKinds);
export type IdentifierKind = z.infer<typeof identifierKindSchema>;

const text = (max: number) => z.string().trim().max(max).nullable();
export const patientFieldsSchema = z.strictObject({
  firstName: z.string().trim().max(100),
  lastName: z.string().trim().max(100),
  dateOfBirth: z.iso.date().nullable(),
  sex: z.enum(["female", "male", "other", "unknown"]),
  email: text(255),
  phone: text(20),
  address: text(500),
  city: text(100),
  state: z.string().trim().length(2).nullable(),
  zipCode: text(10),
  insuranceProvider: text(100),
  preferredLanguage: text(50),
  safeContact: text(500),
});
/** Fields of a record that may be corrected. */
export const demographicFieldSchema = patientFieldsSchema.keyof();
export type DemographicField = z.infer<typeof demographicFieldSchema>;

/**
 * The patient's card. `details` is null until two identifiers were verified on the call and somebody said who is calling, or a
 * reason was given, and stays null for a caller who has no authority to hear about this patient.
 */
export const patientCardSchema = z.strictObject({
  patientId: z.uuid(),
  version: z.int(),
  mrn: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  birthYear: z.int().nullable(),
  isIdentified: z.boolean(),
  isRestricted: z.boolean(),
  preferredLanguage: z.string().nullable(),
  verification: z
    .strictObject({
      callId: z.uuid().nullable(),
      identifiers: z.array(identifierKindSchema),
      verifiedAt: z.iso.datetime(),
    })
    .nullable(),
  details: z
    .strictObject({
      dateOfBirth: z.iso.date().nullable(),
      sex: z.enum(["female", "male", "other", "unknown"]),
      ssn: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      address: z.string().nullable(),
      city: z.string().nullable(),
      state: z.string().nullable(),
      zipCode: z.string().nullable(),
      insuranceProvider: z.string().nullable(),
      insurancePolicyNumber: z.string().nullable(),
      safeContact: z.string().nullable(),
      /** The latest correction: who, when, why and of which fields. */
      lastChange: z
        .strictObject({
          changedAt: z.iso.datetime(),
          agentName: z.string().nullable(),
          reason: z.string(),
          fields: z.array(demographicFieldSchema),
        })
        .nullable(),
    })
    .nullable(),
  /** What may be said to whoever is on the line; `details` is null within the scope `none`. */
  disclosure: disclosureSchema,
});
export type PatientCard = z.infer<typeof patientCardSchema>;

export const patientParamsSchema = z.strictObject({ patientId: z.uuid() });

/** Opening needs a call in hand, a task, or a stated reason. */
export const openPatientBodySchema = z.strictObject({
  because: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("call"), callId: z.uuid() }),
    z.strictObject({ kind: z.literal("task"), taskId: z.uuid() }),
    z.strictObject({ kind: z.literal("reason"), reason: z.string().trim().min(10).max(500) }),
  ]),
  /** Needed for a restricted record, whatever opens it. */
  restrictedReason: z.string().trim().min(10).max(500).optional(),
});
export type OpenPatientBody = z.infer<typeof openPatientBodySchema>;

/** What the caller said; each given identifier is compared on the server and never shown. */
export const verifyPatientBodySchema = z.strictObject({
  callId: z.uuid(),
  identifiers: z.strictObject({
    full_name: z.string().trim().max(200).optional(),
    date_of_birth: z.iso.date().optional(),
    zip_code: z.string().trim().max(10).optional(),
    phone: z.string().trim().max(20).optional(),
    mrn: z.string().trim().max(50).optional(),
    ssn_last_four: z
      .string()
      .regex(/^[0-9]{4}$/)
      .optional(),
  }),
});
export type VerifyPatientBody = z.infer<typeof verifyPatientBodySchema>;
export const verifyPatientAnswerSchema = z.strictObject({
  matched: z.array(identifierKindSchema),
  notMatched: z.array(identifierKindSchema),
  isVerified: z.boolean(),
  /** Attempts left on this call before verification stops for this patient. */
  attemptsLeft: z.int(),
});

export const unmaskBodySchema = z.strictObject({
  field: unmaskableFieldSchema,
  reason: z.string().trim().min(10).max(500),
});
export const unmaskAnswerSchema = z.strictObject({
  field: unmaskableFieldSchema,
  value: z.string().nullable(),
  /** Hide it again after this many milliseconds, counted from the answer. */
  remainingMs: z.int(),
});

/** `mrn` null: the portal draws a number for an unidentified patient (HCC-DB-03). */
export const createPatientBodySchema = patientFieldsSchema.extend({
  patientId: idSchema,
  callId: z.uuid(),
  mrn: z.string().trim().min(3).max(50).nullable(),
  ssn: z
    .string()
    .regex(/^\d{3}-\d{2}-\d{4}$/)
    .nullable(),
  insurancePolicyNumber: text(100),
});
export type CreatePatientBody = z.infer<typeof createPatientBodySchema>;
/** A correction: the fields that change, and why. Both stay on record, with what stood there before. */
export const updatePatientBodySchema = z.strictObject({
  reason: z.string().trim().min(10).max(500),
  changes: patientFieldsSchema
    .partial()
    .refine((changes) => Object.keys(changes).length > 0, { message: "nothing changes" }),
});
export type UpdatePatientBody = z.infer<typeof updatePatientBodySchema>;

export const candidatesAnswerSchema = z.strictObject({
  /** Patients whose number the caller calls from: a chooser, never an opened chart. */
  items: z.array(patientHitSchema).max(20),
});
