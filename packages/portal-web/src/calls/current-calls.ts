import type { Call } from "@careline/portal-contract/calls/index.ts";
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";
import { callInHand, mergeCall } from "./call.ts";
import { takeOffer } from "./offer-store.ts";

export interface CurrentCalls {
  readonly calls: Answer<"readCurrentCalls">["calls"];
  /** Seconds by which this may be old; null when it comes from the writable region. */
  readonly ageSeconds: number | null;
}

/** The calls in this agent's hands. The event stream keeps it fresh. */
export const currentCallsQuery = queryOptions({
  queryKey: ["current-calls"],
  queryFn: async ({ signal }): Promise<CurrentCalls> => {
    const { data, signals } = await send("readCurrentCalls", { background: true }, signal);
    takeOffer(data.offer);
    return { calls: data.calls, ageSeconds: signals.dataAgeSeconds };
  },
});

/** Takes over a call that the service told of, by event or as the answer of a command. */
export function receiveCall(queryClient: QueryClient, call: Call): void {
  queryClient.setQueryData(currentCallsQuery.queryKey, (current) =>
    current === undefined ? current : { ...current, calls: [...mergeCall(current.calls, call)] },
  );
  queryClient.invalidateQueries({ queryKey: ["timeline", call.callId] }).catch(() => {});
  // What became of a callback is written to its task.
  if (call.callback !== null)
    queryClient.invalidateQueries({ queryKey: ["tasks"] }).catch(() => {});
}

/** The call that the desk shows, if any. */
export function useOpenCall(): Call | null {
  const { data } = useQuery(currentCallsQuery);
  return data === undefined ? null : callInHand(data.calls);
}
