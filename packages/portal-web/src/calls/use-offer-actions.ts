import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Body, insist } from "../api/index.ts";
import { currentCallsQuery, receiveCall } from "./current-calls.ts";
import { dismissOffer, type RingingOffer } from "./offer-store.ts";

/** Answers the call that rings and shows it at the desk. */
export function useAcceptOffer(): UseMutationResult<void, Error, RingingOffer> {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ offer }: RingingOffer) => {
      const { data } = await insist("answerCall", { params: { callId: offer.callId }, body: {} });
      receiveCall(queryClient, data);
      dismissOffer();
      await navigate({ to: "/desk" });
    },
    onError: () => {
      queryClient.invalidateQueries({ queryKey: currentCallsQuery.queryKey }).catch(() => {});
    },
  });
}

export type DeclineReason = Body<"declineOffer">["reason"];

/** Refuses the call that rings; the caller keeps their place. */
export function useDeclineOffer(): UseMutationResult<
  void,
  Error,
  { readonly offerId: string; readonly reason: DeclineReason }
> {
  return useMutation({
    mutationFn: async ({ offerId, reason }) => {
      await insist("declineOffer", { params: { offerId }, body: { reason } });
      dismissOffer();
    },
  });
}
