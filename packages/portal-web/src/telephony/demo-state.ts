import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type DemoState = Answer<"readDemoState">;

/** The simulated carrier: its steady stream, fictional callers and the queues to call. */
export const demoStateQuery = queryOptions({
  queryKey: ["demo-state"],
  queryFn: async ({ signal }): Promise<DemoState> =>
    (await send("readDemoState", { background: true }, signal)).data,
  refetchInterval: 3_000,
});
