import { z } from "zod";
import { idSchema, pageOf, pageQueryShape } from "../shapes.ts";

export const addTaskBodySchema = z.strictObject({
  taskId: idSchema,
  kind: z.enum(["follow_up", "callback"]),
  dueAt: z.iso.datetime(),
  /** What is to be done; no diagnosis or name needed, the task leads to the call. */
  instruction: z.string().trim().min(1).max(500),
});
export const taskSchema = z.strictObject({
  taskId: z.uuid(),
  callId: z.uuid(),
  kind: z.enum(["follow_up", "callback", "screen_without_case"]),
  state: z.enum(["open", "done"]),
  dueAt: z.iso.datetime(),
  instruction: z.string(),
  agentId: z.uuid().nullable(),
  /** How often somebody was dialled for it. */
  attempts: z.int(),
  lastAttemptAt: z.iso.datetime().nullable(),
  /** What became of the last call; null when its outcome is recorded, or nobody was called yet. */
  lastResult: z.enum(["dialling", "on_line", "answered", "no_answer", "voicemail"]).nullable(),
  version: z.int(),
});
export type Task = z.infer<typeof taskSchema>;
export const tasksQuerySchema = z.strictObject({
  kind: z.enum(["follow_up", "callback", "screen_without_case"]).optional(),
  ...pageQueryShape,
});
export const tasksAnswerSchema = pageOf(taskSchema);
export const taskParamsSchema = z.strictObject({ taskId: z.uuid() });
