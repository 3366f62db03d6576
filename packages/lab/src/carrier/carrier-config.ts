import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";

/** Configuration file of the carrier (`node packages/lab/src/carrier/main.ts --config carrier.json`). */
export const carrierConfigSchema = z.strictObject({
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  /** Certificate of this server. */
  tls: tlsFilesSchema,
  /** File with the token that commands carry as `Authorization: Bearer`. */
  tokenFile: z.string(),
  webhook: z.strictObject({
    /** Where events go: the front door, e.g. `https://localhost:24443/webhooks/telephony/simulator`. */
    url: z.url(),
    secretFile: z.string(),
    /** PEM file of the authority of the front door's certificate. */
    ca: z.string(),
    answerTimeoutMs: z.int().positive().default(3_000),
    retryFromMs: z.int().positive().default(250),
    retryToMs: z.int().positive().default(2_000),
  }),
  /** What survives a restart of the carrier: calls and events not yet taken. */
  stateFile: z.string(),
  queues: z
    .array(
      z.strictObject({
        code: z.string(),
        name: z.string(),
        languages: z.array(z.string()).min(1),
        reasons: z.array(z.string()).min(1),
      }),
    )
    .default([
      {
        code: "safety",
        name: "Safety reporting",
        languages: ["en", "es"],
        reasons: ["side effect", "product complaint", "dose taken twice"],
      },
      {
        code: "medinfo",
        name: "Medical information",
        languages: ["en"],
        reasons: ["how to store", "interaction", "dosing"],
      },
      {
        code: "hospital",
        name: "Hospital line",
        languages: ["en", "es"],
        reasons: ["appointment", "billing", "medical records"],
      },
    ]),
  stream: z
    .strictObject({ isOn: z.boolean(), callsPerMinute: z.number().min(0.1).max(600) })
    .default({ isOn: false, callsPerMinute: 6 }),
  /** Seconds a caller waits unanswered, at least and at most. */
  patienceSeconds: z
    .strictObject({ min: z.number().positive(), max: z.number().positive() })
    .default({ min: 90, max: 300 }),
  /** Seconds a conversation lasts at most before the caller hangs up. */
  talkSecondsMax: z.number().positive().default(1_800),
  /** A full house: further callers hear the engaged tone. */
  callsMax: z.int().positive().default(2_000),
});
export type CarrierConfig = z.infer<typeof carrierConfigSchema>;

export const placeCallBodySchema = z.strictObject({
  phone: z
    .string()
    .regex(/^\+?[0-9]{7,15}$/)
    .nullable()
    .default(null),
  queueCode: z.string().max(50),
  language: z.string().max(20),
  statedReason: z.string().max(100),
  priority: z.int().min(1).max(5).default(5),
  patienceSeconds: z.number().positive().max(3_600).nullable().default(null),
});
export type PlaceCallBody = z.infer<typeof placeCallBodySchema>;

export const streamBodySchema = z.strictObject({
  isOn: z.boolean(),
  callsPerMinute: z.number().min(0.1).max(600),
});
