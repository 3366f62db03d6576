import { z } from "zod";

export const callerRelationships = [
  "self",
  "parent",
  "spouse",
  "child",
  "guardian",
  "caregiver",
  "physician",
  "pharmacist",
  "nurse",
  "other_health_professional",
  "lawyer",
  "other",
  "unknown",
] as const;
export const callerRelationshipSchema = z.enum(callerRelationships);

/** Whether the caller may hear about the patient, and how that was established. */
export const authoritySchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("self") }),
  z.strictObject({ kind: z.literal("treating_professional"), verifiedBy: z.string().max(200) }),
  z.strictObject({
    kind: z.literal("representative"),
    verifiedBy: z.enum(["document_on_file", "verbal_consent", "court_order", "call_back"]),
    scope: z.enum(["scheduling", "billing", "medical", "all"]),
    expiresOn: z.iso.date().nullable(),
  }),
]);
export type Authority = z.infer<typeof authoritySchema>;

/** The person on the line. `phone` is masked unless the viewer handles the call. */
export const callerSchema = z.strictObject({
  name: z.string().max(200).nullable(),
  phone: z.string().nullable(),
  relationship: callerRelationshipSchema,
  authority: authoritySchema,
  /** How and when the caller may be reached safely (45 CFR 164.522). */
  safeContact: z.string().max(500).nullable(),
  version: z.int(),
});
export type Caller = z.infer<typeof callerSchema>;

export const putCallerBodySchema = z.strictObject({
  name: z.string().trim().max(200).nullable(),
  relationship: callerRelationshipSchema,
  authority: authoritySchema,
  safeContact: z.string().trim().max(500).nullable(),
});
export type PutCallerBody = z.infer<typeof putCallerBodySchema>;
