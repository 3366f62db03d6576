import { z } from "zod";

/** The life of a call. The last four are ends; `wrapping` may last for hours and survives everything. */
export const callStates = [
  "offered",
  "ringing",
  "connected",
  "held",
  "consulting",
  "conferenced",
  "wrapping",
  "closed",
  "abandoned",
  "voicemail",
  "missed",
] as const;
export const callStateSchema = z.enum(callStates);
export type CallState = z.infer<typeof callStateSchema>;

/** Codes of CallLogs.CallType, CallReason and CallStatus (HCC-DB-05). */
export const callTypeSchema = z.enum(["inbound", "outbound"]);
export const callReasons = [
  "appointment",
  "billing",
  "medical_records",
  "adverse_event",
  "general",
] as const;
export const callReasonSchema = z.enum(callReasons);
export type CallReason = z.infer<typeof callReasonSchema>;
export const callStatusSchema = z.enum(["completed", "transferred", "abandoned", "voicemail"]);

/** Codes of CallNotes.NoteType (HCC-DB-08). */
export const noteTypes = ["general", "medical", "billing", "compliance", "escalation"] as const;
export const noteTypeSchema = z.enum(noteTypes);
export type NoteType = z.infer<typeof noteTypeSchema>;

/** The five questions of the mandatory screen, in the order they are asked. */
export const screenQuestions = [
  "adverse_event",
  "product_complaint",
  "pregnancy",
  "medication_error",
  "lack_of_effect",
] as const;
export const screenQuestionSchema = z.enum(screenQuestions);
export type ScreenQuestion = z.infer<typeof screenQuestionSchema>;
