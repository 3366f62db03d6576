import type { Call } from "@careline/portal-contract/calls/index.ts";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { announce } from "../announce/index.ts";
import { type Answer, type Body, errorCode, insist } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { currentCallsQuery, receiveCall } from "./current-calls.ts";

export type CallCommand =
  | { readonly name: "answerCall" | "holdCall" | "resumeCall" | "hangUpCall" }
  | { readonly name: "transferCall"; readonly body: Body<"transferCall"> }
  | { readonly name: "finishConsultation"; readonly body: Body<"finishConsultation"> };

/** Gives a command to the telephone. Repeats through a region change; a refusal is said and the call read again. */
export function useCallCommand(callId: string): UseMutationResult<Call, Error, CallCommand> {
  const t = useT();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (command: CallCommand): Promise<Answer<"readCall">> => {
      const params = { callId };
      switch (command.name) {
        case "transferCall":
          return (await insist(command.name, { params, body: command.body })).data;
        case "finishConsultation":
          return (await insist(command.name, { params, body: command.body })).data;
        case "answerCall":
        case "holdCall":
        case "resumeCall":
        case "hangUpCall":
          return (await insist(command.name, { params, body: {} })).data;
      }
    },
    onSuccess: (call) => {
      receiveCall(queryClient, call);
      announce(t(`desk.state.${call.state}`));
    },
    onError: (error) => {
      announce(t("errors.refused", { code: errorCode(error) }), "assertive");
      queryClient.invalidateQueries({ queryKey: currentCallsQuery.queryKey }).catch(() => {});
    },
  });
}
