import type { SetPresenceBody } from "@careline/portal-contract/agents/schemas.ts";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { insist } from "../api/index.ts";
import { receivePresence } from "./own-profile.ts";

/** Asks for another live state; repeats by itself through a failover. */
export function useSetPresence(): UseMutationResult<void, Error, SetPresenceBody> {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: SetPresenceBody) => {
      const { data } = await insist("setPresence", { body });
      receivePresence(queryClient, data);
    },
  });
}
