import { z } from "zod";
import { idSchema, pageOf, pageQueryShape } from "../shapes.ts";

/** Codes of AdverseEvents.Severity, Outcome and ReporterType (HCC-DB-07), and what E2B(R3) adds. */
export const severities = ["mild", "moderate", "severe", "life_threatening"] as const;
export const outcomes = [
  "recovered",
  "recovering",
  "not_recovered",
  "recovered_with_sequelae",
  "fatal",
  "unknown",
] as const;
export const reporterTypes = [
  "patient",
  "physician",
  "pharmacist",
  "other_health_professional",
  "lawyer",
  "consumer",
  "other",
] as const;
/** Why a reaction is serious (E2B(R3) E.i.3.2). None: not serious. */
export const seriousnessCriteria = [
  "death",
  "life_threatening",
  "hospitalisation",
  "disability",
  "congenital_anomaly",
  "other_medically_important",
] as const;
export const seriousnessSchema = z.enum(seriousnessCriteria);

export const reactionSchema = z.strictObject({
  reactionId: z.uuid(),
  /** In the reporter's words. */
  verbatim: z.string().trim().max(2000),
  severity: z.enum(severities).nullable(),
  seriousness: z.array(seriousnessSchema).max(6),
  outcome: z.enum(outcomes),
  startedOn: z.iso.date().nullable(),
  endedOn: z.iso.date().nullable(),
});
export type Reaction = z.infer<typeof reactionSchema>;

export const eventDrugSchema = z.strictObject({
  drugId: z.uuid(),
  name: z.string().trim().max(200),
  role: z.enum(["suspect", "concomitant", "interacting"]),
  dosage: z.string().trim().max(100).nullable(),
  route: z.string().trim().max(100).nullable(),
  indication: z.string().trim().max(200).nullable(),
  batchNumber: z.string().trim().max(50).nullable(),
  startedOn: z.iso.date().nullable(),
  endedOn: z.iso.date().nullable(),
  action: z.enum(["withdrawn", "reduced", "increased", "unchanged", "unknown"]),
});
export type EventDrug = z.infer<typeof eventDrugSchema>;

/** Any one of these makes a patient or reporter identifiable (ICH E2D 4.1). */
export const eventPatientSchema = z.strictObject({
  patientId: z.uuid().nullable(),
  initials: z.string().trim().max(10).nullable(),
  ageYears: z.int().min(0).max(130).nullable(),
  ageGroup: z
    .enum(["foetus", "neonate", "infant", "child", "adolescent", "adult", "elderly"])
    .nullable(),
  sex: z.enum(["female", "male", "other", "unknown"]),
});
export const eventReporterSchema = z.strictObject({
  type: z.enum(reporterTypes).nullable(),
  name: z.string().trim().max(200).nullable(),
  contact: z.string().trim().max(200).nullable(),
});

/** When the agent first heard it (day 0): the client's instant and zone. */
export const awarenessSchema = z.strictObject({
  clientInstant: z.iso.datetime({ offset: true }),
  zone: z.string().max(60),
});

/** Everything that may be missing in an incomplete report, which is kept all the same. */
export const adverseEventFieldsSchema = z.strictObject({
  patient: eventPatientSchema,
  reporter: eventReporterSchema,
  reactions: z.array(reactionSchema).max(50),
  drugs: z.array(eventDrugSchema).max(50),
  eventDate: z.iso.date().nullable(),
  narrative: z.string().trim().max(20_000).nullable(),
  followUpRequired: z.boolean(),
});
export type AdverseEventFields = z.infer<typeof adverseEventFieldsSchema>;

export const createAdverseEventBodySchema = adverseEventFieldsSchema.extend({
  eventId: idSchema,
  callId: z.uuid(),
  awareness: awarenessSchema,
});
export type CreateAdverseEventBody = z.infer<typeof createAdverseEventBodySchema>;
export const updateAdverseEventBodySchema = adverseEventFieldsSchema;

export const validityCriteria = ["patient", "reporter", "reaction", "drug"] as const;
export const validitySchema = z.strictObject({
  patient: z.boolean(),
  reporter: z.boolean(),
  reaction: z.boolean(),
  drug: z.boolean(),
  isValid: z.boolean(),
});
export type Validity = z.infer<typeof validitySchema>;

export const adverseEventSchema = adverseEventFieldsSchema.extend({
  eventId: z.uuid(),
  /** Human-readable, e.g. `AE-2026-000123`; never issued twice. */
  eventNumber: z.string(),
  version: z.int(),
  state: z.enum(["draft", "triage"]),
  callId: z.uuid(),
  reportedByAgentId: z.uuid(),
  awareness: awarenessSchema.extend({
    /** Day 0: the client's instant, bounded by what the server saw of the call. */
    instant: z.iso.datetime(),
    /** Calendar day of `instant` in `zone`. */
    day: z.iso.date(),
    /** The client's clock lay outside the bounds, so `instant` is a bound. */
    isCorrected: z.boolean(),
  }),
  validity: validitySchema,
  isSerious: z.boolean(),
  fdaReportNumber: z.string().nullable(),
  reportedToFda: z.boolean(),
  reportDate: z.iso.datetime().nullable(),
  createdDate: z.iso.datetime(),
});
export type AdverseEvent = z.infer<typeof adverseEventSchema>;

export const eventParamsSchema = z.strictObject({ eventId: z.uuid() });
export const adverseEventsQuerySchema = z.strictObject({
  callId: z.uuid().optional(),
  ...pageQueryShape,
});
export const adverseEventSummarySchema = z.strictObject({
  eventId: z.uuid(),
  eventNumber: z.string(),
  callId: z.uuid(),
  state: z.enum(["draft", "triage"]),
  isValid: z.boolean(),
  isSerious: z.boolean(),
  awarenessDay: z.iso.date(),
  version: z.int(),
});
export const adverseEventsAnswerSchema = pageOf(adverseEventSummarySchema);

/** Calls, screens and cases of one day (UTC) that do not match. */
export const reconciliationQuerySchema = z.strictObject({ day: z.iso.date() });
export const reconciliationAnswerSchema = z.strictObject({
  day: z.iso.date(),
  items: z
    .array(
      z.strictObject({
        callId: z.uuid(),
        problem: z.enum(["closed_without_screen", "yes_without_case", "case_without_yes"]),
      }),
    )
    .max(500),
});
