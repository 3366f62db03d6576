import { z } from "zod";
import { roleSchema } from "../roles.ts";

/** Codes of Agents.Status (HCC-DB-02): the summary kept on the agent's row. */
export const agentStatuses = ["active", "on_break", "offline", "terminated"] as const;
export const agentStatusSchema = z.enum(agentStatuses);
export type AgentStatus = z.infer<typeof agentStatusSchema>;

/**
 * What an agent is doing right now. An agent chooses `available`, `on_break` and `offline`; the
 * portal sets the others from the calls: `offered` (one rings), `on_call`, `wrapping`.
 */
export const presenceStates = [
  "available",
  "offered",
  "on_call",
  "wrapping",
  "on_break",
  "offline",
] as const;
export const presenceStateSchema = z.enum(presenceStates);
export type PresenceState = z.infer<typeof presenceStateSchema>;

/** Why an agent takes no calls. The last two are set by the portal, never chosen. */
export const presenceReasons = [
  "meal",
  "short_break",
  "training",
  "meeting",
  "coaching",
  "technical",
  "end_of_shift",
  "missed_offer",
  "connection_lost",
] as const;
export const presenceReasonSchema = z.enum(presenceReasons);
export type PresenceReason = z.infer<typeof presenceReasonSchema>;

/** An agent's live state. `since` is when this state began; time in state is counted from it. */
export const presenceSchema = z.strictObject({
  agentId: z.uuid(),
  state: presenceStateSchema,
  reason: presenceReasonSchema.nullable(),
  since: z.iso.datetime(),
  callId: z.uuid().nullable(),
  /** A change asked for during a call; takes effect when the call is closed. */
  next: z
    .strictObject({ state: z.enum(["on_break", "offline"]), reason: presenceReasonSchema })
    .nullable(),
  /** Grows by one with each change; of two records the larger is the newer. */
  version: z.int(),
});
export type Presence = z.infer<typeof presenceSchema>;

export const agentSkillSchema = z.strictObject({
  kind: z.enum(["language", "skill"]),
  /** BCP 47 language tag, or a skill code. */
  code: z.string().max(40),
  /** 1 (learning) to 5 (expert). */
  level: z.int().min(1).max(5),
});

export const agentProfileSchema = z.strictObject({
  agentId: z.uuid(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  employeeId: z.string(),
  role: roleSchema,
  team: z.strictObject({ teamId: z.uuid(), name: z.string() }).nullable(),
  programmeIds: z.array(z.uuid()),
  skills: z.array(agentSkillSchema),
  status: agentStatusSchema,
  lastLoginDate: z.iso.datetime().nullable(),
  lastLoginRegion: z.string().nullable(),
  presence: presenceSchema,
});
export type AgentProfile = z.infer<typeof agentProfileSchema>;

export const setPresenceBodySchema = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("available") }),
  z.strictObject({
    state: z.literal("on_break"),
    reason: z.enum(["meal", "short_break", "training", "meeting", "coaching", "technical"]),
  }),
  z.strictObject({ state: z.literal("offline"), reason: z.enum(["end_of_shift", "technical"]) }),
]);
export type SetPresenceBody = z.infer<typeof setPresenceBodySchema>;

/** A colleague to transfer to or consult. */
export const colleagueSchema = z.strictObject({
  agentId: z.uuid(),
  displayName: z.string(),
  teamName: z.string().nullable(),
  languages: z.array(z.string()),
  state: presenceStateSchema,
  since: z.iso.datetime(),
});
export type Colleague = z.infer<typeof colleagueSchema>;

export const colleaguesAnswerSchema = z.strictObject({ items: z.array(colleagueSchema).max(500) });
