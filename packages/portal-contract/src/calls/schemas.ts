import { z } from "zod";
import { callerSchema } from "../callers/index.ts";
import { counterSchema, idSchema, pageOf, pageQueryShape } from "../shapes.ts";
import { hoursWaiverSchema } from "./callback-schemas.ts";
import {
  callReasonSchema,
  callStateSchema,
  callStatusSchema,
  callTypeSchema,
  noteTypeSchema,
} from "./codes.ts";

export const screenAnswersSchema = z.strictObject({
  adverse_event: z.boolean(),
  product_complaint: z.boolean(),
  pregnancy: z.boolean(),
  medication_error: z.boolean(),
  lack_of_effect: z.boolean(),
});
export type ScreenAnswers = z.infer<typeof screenAnswersSchema>;

export const screenSchema = z.strictObject({
  answers: screenAnswersSchema,
  answeredAt: z.iso.datetime(),
  answeredByAgentId: z.uuid(),
});

export const callPatientSchema = z.strictObject({
  patientId: z.uuid(),
  displayName: z.string(),
  mrn: z.string(),
  verifiedAt: z.iso.datetime().nullable(),
});

/** One offer of a call to one agent. */
export const offerSchema = z.strictObject({
  offerId: z.uuid(),
  callId: z.uuid(),
  agentId: z.uuid(),
  offeredAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Whole milliseconds left when this was written: count down from here, never compare clocks. */
  remainingMs: z.int(),
  outcome: z.enum(["accepted", "missed", "declined", "withdrawn"]).nullable(),
});
export type Offer = z.infer<typeof offerSchema>;

export const wrapUpSchema = z.strictObject({
  code: z.string().max(50).nullable(),
  reason: callReasonSchema.nullable(),
  resolution: z.string().max(4000).nullable(),
  followUpRequired: z.boolean(),
  followUpDate: z.iso.datetime().nullable(),
});
export type WrapUp = z.infer<typeof wrapUpSchema>;

/** The full call record (HCC-DB-04), as the agent who handles it sees it. */
export const callSchema = z.strictObject({
  callId: z.uuid(),
  version: z.int(),
  state: callStateSchema,
  type: callTypeSchema,
  status: callStatusSchema.nullable(),
  queueId: z.uuid().nullable(),
  programmeId: z.uuid().nullable(),
  agentId: z.uuid().nullable(),
  /** Agent who is consulted or in the conference. */
  otherAgentId: z.uuid().nullable(),
  language: z.string(),
  /** 1 is most urgent; 5 is normal. */
  priority: z.int(),
  /** What the caller chose before being queued; not yet the call's reason. */
  statedReason: z.string().nullable(),
  /** Full while the viewer handles the call; masked (`XXX-XXX-1234`) otherwise. */
  callerPhoneNumber: z.string().nullable(),
  callStartTime: z.iso.datetime(),
  connectedAt: z.iso.datetime().nullable(),
  callEndTime: z.iso.datetime().nullable(),
  /** Seconds from the start to the end. */
  callDuration: z.int().nullable(),
  wrapUpDueAt: z.iso.datetime().nullable(),
  agentRegion: z.string().nullable(),
  recordingUrl: z.string().nullable(),
  recordingRegion: z.string().nullable(),
  transcript: z.string().nullable(),
  satisfactionRating: z.int().min(1).max(5).nullable(),
  caller: callerSchema.nullable(),
  patients: z.array(callPatientSchema),
  screen: screenSchema.nullable(),
  wrapUp: wrapUpSchema,
  offer: offerSchema.nullable(),
  adverseEventIds: z.array(z.uuid()),
  /** The task that an outbound call was dialled for, and the call that the task came from. */
  callback: z.strictObject({ taskId: z.uuid(), originalCallId: z.uuid() }).nullable(),
  /** What still stands between this call and its close; empty when it may be closed. */
  closeBlockedBy: z.array(
    z.enum(["screen_unanswered", "wrap_up_code_missing", "reason_missing", "still_on_line"]),
  ),
});
export type Call = z.infer<typeof callSchema>;

export const callSummarySchema = z.strictObject({
  callId: z.uuid(),
  state: callStateSchema,
  type: callTypeSchema,
  status: callStatusSchema.nullable(),
  queueName: z.string().nullable(),
  agentId: z.uuid().nullable(),
  agentName: z.string().nullable(),
  callerPhoneNumber: z.string().nullable(),
  reason: callReasonSchema.nullable(),
  callStartTime: z.iso.datetime(),
  callDuration: z.int().nullable(),
  followUpRequired: z.boolean(),
  version: z.int(),
});
export type CallSummary = z.infer<typeof callSummarySchema>;

export const callsQuerySchema = z.strictObject({
  state: z.enum(["open", "ended", "all"]).default("all"),
  ...pageQueryShape,
});
export const callsAnswerSchema = pageOf(callSummarySchema);

/** What the signed-in agent has in hand: at most one offer and one open call, plus calls still to wrap up. */
export const currentCallsAnswerSchema = z.strictObject({
  offer: offerSchema.nullable(),
  calls: z.array(callSchema).max(20),
});

export const callParamsSchema = z.strictObject({ callId: z.uuid() });
export const offerParamsSchema = z.strictObject({ offerId: z.uuid() });

const dialledPhoneSchema = z.string().regex(/^\+?[0-9]{7,15}$/);
export const dialBodySchema = z.strictObject({
  callId: idSchema,
  queueId: z.uuid(),
  /** A number typed by the agent, or a patient whose stored number is dialled without being seen. */
  to: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("number"), phone: dialledPhoneSchema }),
    z.strictObject({ kind: z.literal("patient"), patientId: z.uuid() }),
    /** The callee of a task; `phone` only where no number is stored. */
    z.strictObject({
      kind: z.literal("task"),
      taskId: z.uuid(),
      phone: dialledPhoneSchema.optional(),
      hoursWaiver: hoursWaiverSchema.optional(),
    }),
  ]),
});

export const transferBodySchema = z.strictObject({
  /** `blind`: the other agent is offered the call and this agent leaves. `warm`: caller held while both agents talk. */
  kind: z.enum(["blind", "warm"]),
  toAgentId: z.uuid(),
});
/** How a consultation ends. */
export const consultBodySchema = z.strictObject({
  outcome: z.enum(["complete_transfer", "conference", "return_to_caller"]),
});
export const declineBodySchema = z.strictObject({
  reason: z.enum(["technical", "conflict_of_interest", "language", "other"]),
});
export const emptyBodySchema = z.strictObject({});

export const putScreenBodySchema = z.strictObject({ answers: screenAnswersSchema });
export const putWrapUpBodySchema = wrapUpSchema;
export const linkPatientBodySchema = z.strictObject({ patientId: z.uuid() });

export const noteSchema = z.strictObject({
  noteId: z.uuid(),
  callId: z.uuid(),
  agentId: z.uuid(),
  agentName: z.string(),
  noteType: noteTypeSchema,
  noteText: z.string(),
  timestamp: z.iso.datetime(),
  region: z.string(),
  /** How many card numbers were taken out of the text before it was stored. */
  redactedCardNumbers: z.int(),
});
export type Note = z.infer<typeof noteSchema>;
export const addNoteBodySchema = z.strictObject({
  noteId: idSchema,
  noteType: noteTypeSchema,
  noteText: z.string().trim().min(1).max(20_000),
});
export const noteDraftSchema = z.strictObject({
  callId: z.uuid(),
  noteType: noteTypeSchema,
  noteText: z.string().max(20_000),
  /** The client's own counter: an older draft never replaces a newer one. */
  revision: counterSchema.min(0),
  savedAt: z.iso.datetime(),
});
export const putNoteDraftBodySchema = noteDraftSchema.pick({
  noteType: true,
  noteText: true,
  revision: true,
});
export const notesAnswerSchema = z.strictObject({
  items: z.array(noteSchema),
  draft: noteDraftSchema.nullable(),
});

export const timelineEntrySchema = z.strictObject({
  entryId: z.uuid(),
  at: z.iso.datetime(),
  kind: z.enum([
    "queued",
    "dialled",
    "no_answer",
    "callback_dialled",
    "callback_outcome",
    "offered",
    "offer_missed",
    "offer_declined",
    "offer_withdrawn",
    "connected",
    "held",
    "resumed",
    "transfer_started",
    "conferenced",
    "transferred",
    "returned",
    "hung_up",
    "caller_left",
    "voicemail",
    "patient_linked",
    "identity_verified",
    "screen_answered",
    "note_added",
    "adverse_event_recorded",
    "wrap_up_saved",
    "task_created",
    "reconciled",
    "closed",
  ]),
  agentName: z.string().nullable(),
  region: z.string(),
});
export const timelineAnswerSchema = z.strictObject({ items: z.array(timelineEntrySchema) });
