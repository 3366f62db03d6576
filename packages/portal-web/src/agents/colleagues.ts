import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type Colleague = Answer<"listColleagues">["items"][number];

/** Colleagues to transfer to or consult; those who are free first. */
export const colleaguesQuery = queryOptions({
  queryKey: ["colleagues"],
  queryFn: async ({ signal }): Promise<readonly Colleague[]> => {
    const { data } = await send("listColleagues", {}, signal);
    return data.items.toSorted(
      (a, b) =>
        Number(b.state === "available") - Number(a.state === "available") ||
        a.displayName.localeCompare(b.displayName),
    );
  },
  staleTime: 2_000,
});
