import { z } from "zod";
import { callerRelationshipSchema } from "../callers/index.ts";
import { callReasonSchema, callTypeSchema } from "./codes.ts";
import { taskSchema } from "./task-schemas.ts";

/** Why a callee is called outside the hours in which people may be called; kept in the audit row. */
export const hoursWaiverSchema = z.enum(["callee_agreed", "urgent_safety"]);

/** What stands in the way of dialling, in the order in which it is judged. */
export const dialBlockSchema = z.enum([
  "CALLBACK_IN_PROGRESS",
  "DO_NOT_CALL",
  "CALLBACK_ATTEMPTS_USED",
  "CALLBACK_OUTSIDE_HOURS",
]);
export type DialBlock = z.infer<typeof dialBlockSchema>;

/** A task with what an agent has to know before dialling. Numbers are masked: they are dialled without being seen. */
export const callbackSchema = z.strictObject({
  task: taskSchema,
  originalCall: z.strictObject({
    callId: z.uuid(),
    type: callTypeSchema,
    callStartTime: z.iso.datetime(),
    queueId: z.uuid().nullable(),
    queueName: z.string().nullable(),
    programmeName: z.string().nullable(),
    agentName: z.string().nullable(),
    reason: callReasonSchema.nullable(),
    resolution: z.string().nullable(),
    language: z.string(),
  }),
  callee: z.strictObject({
    name: z.string().nullable(),
    relationship: callerRelationshipSchema,
    phone: z.string().nullable(),
    /** How and when they may be reached safely (45 CFR 164.522): the caller's wish and the patients'. */
    safeContacts: z.array(z.string()),
    patients: z.array(z.strictObject({ displayName: z.string(), mrn: z.string() })),
    /** What time it is where they are; several when their state has several zones. */
    localTimes: z.array(
      z.strictObject({ zone: z.string(), time: z.string(), isAllowed: z.boolean() }),
    ),
  }),
  /** The number that they see; null when the programme has none of its own. */
  callerId: z.string().nullable(),
  attemptsMax: z.int(),
  blockedBy: dialBlockSchema.nullable(),
});
export type Callback = z.infer<typeof callbackSchema>;

const note = z.string().trim().max(500);

/** What came of a callback. All but `try_again` end the task. */
export const callbackOutcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("reached"), note }),
  z.strictObject({ kind: z.literal("not_reached"), note }),
  z.strictObject({ kind: z.literal("try_again"), note, at: z.iso.datetime() }),
  /** They do not want to be called by this programme: no further call to the number is dialled. */
  z.strictObject({ kind: z.literal("do_not_call"), note }),
]);
export type CallbackOutcome = z.infer<typeof callbackOutcomeSchema>;
