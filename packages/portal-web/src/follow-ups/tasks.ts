import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type Task = Answer<"listTasks">["items"][number];
export type Callback = Answer<"readCallback">;

/** Open tasks by due time; the event stream says when to read again. */
export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: async ({ signal }): Promise<readonly Task[]> =>
    (await send("listTasks", { query: { limit: 100 }, background: true }, signal)).data.items,
});

/** A task with what has to be known before dialling; part of "tasks", so that it is read again with them. */
export const callbackQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["tasks", taskId],
    queryFn: async ({ signal }): Promise<Callback> =>
      (await send("readCallback", { params: { taskId }, background: true }, signal)).data,
  });

/** The notes of the call that a task came from. */
export const originalNotesQuery = (callId: string) =>
  queryOptions({
    queryKey: ["original-notes", callId],
    queryFn: async ({ signal }): Promise<Answer<"listNotes">["items"]> =>
      (await send("listNotes", { params: { callId }, background: true }, signal)).data.items,
    staleTime: 60_000,
  });

/** Whether somebody is called for a task of this kind. A missing report is written, not dialled. */
export function isDialled(task: Pick<Task, "kind">): boolean {
  return task.kind !== "screen_without_case";
}

/** Whether the last call is over and nobody has said yet what came of it. */
export function isUndecided(task: Pick<Task, "lastResult">): boolean {
  const { lastResult } = task;
  return lastResult === "answered" || lastResult === "no_answer" || lastResult === "voicemail";
}
