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
export type CallerRelationship = z.infer<typeof callerRelationshipSchema>;

/** Whether the caller may hear about the patient, and how that was established. */
export const authoritySchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("self") }),
  z.strictObject({
    kind: z.literal("treating_professional"),
    /** How it was established: a licence number, a call back to the practice. */
    verifiedBy: z.string().trim().max(200),
  }),
  z.strictObject({
    kind: z.literal("representative"),
    verifiedBy: z.enum(["document_on_file", "verbal_consent", "court_order", "call_back"]),
    scope: z.enum(["scheduling", "billing", "medical", "all"]),
    /** Last day on which it holds (UTC). */
    expiresOn: z.iso.date().nullable(),
  }),
]);
export type Authority = z.infer<typeof authoritySchema>;

/** What the caller is to one patient of the call, and what they may hear about them. */
export const standingSchema = z.strictObject({
  patientId: z.uuid(),
  relationship: callerRelationshipSchema,
  authority: authoritySchema,
});
export type Standing = z.infer<typeof standingSchema>;

/**
 * The person on the line. `phone` is masked unless the viewer handles the call; `relationship` and `authority` are what was
 * said last; what they may hear about a patient follows from `standings` alone.
 */
export const callerSchema = z.strictObject({
  name: z.string().max(200).nullable(),
  phone: z.string().nullable(),
  relationship: callerRelationshipSchema,
  authority: authoritySchema,
  /** How and when the caller may be reached safely (45 CFR 164.522). */
  safeContact: z.string().max(500).nullable(),
  standings: z.array(standingSchema),
  version: z.int(),
});
export type Caller = z.infer<typeof callerSchema>;

const professionals: readonly CallerRelationship[] = [
  "physician",
  "pharmacist",
  "nurse",
  "other_health_professional",
];

/** Whether somebody in this relationship can have this authority: nobody but the patient is their own. */
function isPossible(relationship: CallerRelationship, authority: Authority): boolean {
  switch (authority.kind) {
    case "none":
      return true;
    case "self":
      return relationship === "self";
    case "treating_professional":
      return professionals.includes(relationship) && authority.verifiedBy.length >= 3;
    case "representative":
      return relationship !== "self" && relationship !== "unknown";
  }
}

export const putCallerBodySchema = z
  .strictObject({
    name: z.string().trim().max(200).nullable(),
    relationship: callerRelationshipSchema,
    authority: authoritySchema,
    safeContact: z.string().trim().max(500).nullable(),
    /** About whom relationship and authority are; without one, the patient who was or will be verified first. */
    patientId: z.uuid().nullable().optional(),
  })
  .refine(({ relationship, authority }) => isPossible(relationship, authority), {
    path: ["authority"],
    message: "this relationship cannot have this authority",
  });
export type PutCallerBody = z.infer<typeof putCallerBodySchema>;
