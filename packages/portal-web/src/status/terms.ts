import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type Term = Answer<"listTerms">["terms"][number];

/** Every term, newest first. */
export const termsQuery = queryOptions({
  queryKey: ["terms"],
  queryFn: async ({ signal }) => {
    const { data } = await send("listTerms", { background: true }, signal);
    return data.terms.toReversed();
  },
  refetchInterval: 5_000,
});
