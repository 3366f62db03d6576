import type { Programme, Queue } from "@careline/portal-contract/programmes/index.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { send } from "../api/index.ts";
import type { Call } from "./call.ts";

/** The own programmes with scripts, queues and wrap-up codes; they change rarely. */
export const programmesQuery = queryOptions({
  queryKey: ["programmes"],
  queryFn: async ({ signal }) => (await send("listProgrammes", { background: true }, signal)).data,
  staleTime: 10 * 60_000,
});

/** Programme and queue of a call; null while unknown. */
export function useProgrammeOf(call: Pick<Call, "programmeId" | "queueId">): {
  readonly programme: Programme | null;
  readonly queue: Queue | null;
} {
  const { data } = useQuery(programmesQuery);
  return {
    programme: data?.programmes.find((each) => each.programmeId === call.programmeId) ?? null,
    queue: data?.queues.find((each) => each.queueId === call.queueId) ?? null,
  };
}
