import { z } from "zod";
import { presenceReasonSchema, presenceStateSchema } from "../agents/index.ts";

export const boardAgentSchema = z.strictObject({
  agentId: z.uuid(),
  displayName: z.string(),
  teamId: z.uuid().nullable(),
  teamName: z.string().nullable(),
  state: presenceStateSchema,
  reason: presenceReasonSchema.nullable(),
  since: z.iso.datetime(),
  callId: z.uuid().nullable(),
  queueId: z.uuid().nullable(),
  version: z.int(),
});
export type BoardAgent = z.infer<typeof boardAgentSchema>;

export const boardQueueSchema = z.strictObject({
  queueId: z.uuid(),
  programmeId: z.uuid(),
  name: z.string(),
  waiting: z.int(),
  ringing: z.int(),
  connected: z.int(),
  /** When the longest waiting caller joined; null when nobody waits. */
  longestWaitSince: z.iso.datetime().nullable(),
  /** Today (in the queue's zone): calls answered, abandoned (short ones left out), answered within the goal. */
  answeredToday: z.int(),
  abandonedToday: z.int(),
  withinGoalToday: z.int(),
  /** Percent answered within the goal today; null before the first call. */
  serviceLevelPercent: z.number().nullable(),
  serviceLevelGoal: z.strictObject({ percent: z.int(), seconds: z.int() }),
});
export type BoardQueue = z.infer<typeof boardQueueSchema>;

/**
 * The board as one viewer may see it. Apply deltas whose `sequence` is exactly one larger than
 * the last one applied under the same `stream`; otherwise fetch the snapshot again.
 */
export const boardSnapshotSchema = z.strictObject({
  /** Changes with each portal process; sequences of different streams are not comparable. */
  stream: z.string(),
  sequence: z.int(),
  at: z.iso.datetime(),
  agents: z.array(boardAgentSchema).max(2000),
  queues: z.array(boardQueueSchema).max(500),
});
export type BoardSnapshot = z.infer<typeof boardSnapshotSchema>;

/** Event `board` of the event stream. */
export const boardDeltaSchema = z.strictObject({
  stream: z.string(),
  sequence: z.int(),
  agents: z.array(boardAgentSchema),
  removedAgentIds: z.array(z.uuid()),
  queues: z.array(boardQueueSchema),
});
export type BoardDelta = z.infer<typeof boardDeltaSchema>;
