import { z } from "zod";

export const demoCallerSchema = z.strictObject({
  name: z.string(),
  phone: z.string(),
  language: z.string(),
});
export const placeDemoCallBodySchema = z.strictObject({
  /** The caller's number; null lets the carrier choose a fictional one. */
  phone: z
    .string()
    .regex(/^\+?[0-9]{7,15}$/)
    .nullable(),
  queueCode: z.string().max(50),
  language: z.string().max(20),
  statedReason: z.string().max(100),
  /** Seconds until the caller hangs up unanswered; null lets the carrier choose. */
  patienceSeconds: z.int().min(1).max(3600).nullable(),
});
export const placeDemoCallAnswerSchema = z.strictObject({ providerCallId: z.string() });
export const demoStreamSchema = z.strictObject({
  isOn: z.boolean(),
  callsPerMinute: z.number().min(0.1).max(600),
});
export const demoStateAnswerSchema = z.strictObject({
  stream: demoStreamSchema,
  callers: z.array(demoCallerSchema).max(50),
  queues: z.array(
    z.strictObject({ code: z.string(), name: z.string(), languages: z.array(z.string()) }),
  ),
  openCalls: z.int(),
});
