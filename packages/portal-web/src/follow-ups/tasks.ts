import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type Task = Answer<"listTasks">["items"][number];

/** Open tasks by due time; the event stream says when to read again. */
export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: async ({ signal }): Promise<readonly Task[]> =>
    (await send("listTasks", { query: { limit: 100 }, background: true }, signal)).data.items,
});
