import { z } from "zod";

/** On whose behalf a queue answers. */
export const programmeSchema = z.strictObject({
  programmeId: z.uuid(),
  code: z.string(),
  name: z.string(),
  /** The sentence an agent opens a call with. */
  greeting: z.string(),
  /** Short script shown beside the call; plain paragraphs. */
  script: z.array(z.string()),
  products: z.array(z.string()),
  languages: z.array(z.string()),
});
export type Programme = z.infer<typeof programmeSchema>;

export const wrapUpCodeSchema = z.strictObject({ code: z.string(), label: z.string() });

/** Opening hours of one weekday in the queue's zone; minutes since midnight. */
export const openingHoursSchema = z.strictObject({
  weekday: z.int().min(1).max(7),
  fromMinute: z.int().min(0).max(1440),
  toMinute: z.int().min(0).max(1440),
});
export type OpeningHours = z.infer<typeof openingHoursSchema>;

export const queueSchema = z.strictObject({
  queueId: z.uuid(),
  programmeId: z.uuid(),
  code: z.string(),
  name: z.string(),
  /** Skill code and lowest level that an agent must have to be offered its calls. */
  skill: z.string(),
  skillLevelMin: z.int(),
  offerTimeoutSeconds: z.int(),
  wrapUpSeconds: z.int(),
  isWrapUpCodeRequired: z.boolean(),
  wrapUpCodes: z.array(wrapUpCodeSchema),
  /** `percent` of calls answered within `seconds`; calls abandoned sooner than `shortAbandonSeconds` do not count. */
  serviceLevel: z.strictObject({
    percent: z.int(),
    seconds: z.int(),
    shortAbandonSeconds: z.int(),
  }),
  /** Empty: open day and night. */
  hours: z.array(openingHoursSchema),
  zone: z.string(),
});
export type Queue = z.infer<typeof queueSchema>;

export const programmesAnswerSchema = z.strictObject({
  programmes: z.array(programmeSchema),
  queues: z.array(queueSchema),
});
