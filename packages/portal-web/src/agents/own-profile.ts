import type { Presence } from "@careline/portal-contract/agents/schemas.ts";
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type OwnProfile = Answer<"readOwnProfile">;

export const ownProfileQuery = queryOptions({
  queryKey: ["own-profile"],
  queryFn: async ({ signal }): Promise<OwnProfile> => {
    const { data } = await send("readOwnProfile", { background: true }, signal);
    return data;
  },
});

/** Takes over a live state unless a newer one is known already. */
export function receivePresence(queryClient: QueryClient, presence: Presence): void {
  queryClient.setQueryData(ownProfileQuery.queryKey, (profile) =>
    profile === undefined || profile.presence.version > presence.version
      ? profile
      : { ...profile, presence },
  );
}
