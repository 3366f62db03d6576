import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { announce } from "../announce/index.ts";
import { type Body, insist } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { newRecordId } from "../outbox/index.ts";
import { tasksQuery } from "./tasks.ts";

type Target = Omit<Extract<Body<"dialCall">["to"], { kind: "task" }>, "kind">;

/** Dials the callee of a task and goes to the desk, where the call is handled like any other. */
export function useDial(queueId: string | null) {
  const t = useT();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (target: Target) => {
      if (queueId === null) throw new Error("the first call had no queue");
      const body = { callId: newRecordId(), queueId, to: { kind: "task" as const, ...target } };
      return (await insist("dialCall", { body })).data;
    },
    onSuccess: async () => {
      announce(t("followUps.dialling"));
      await queryClient.invalidateQueries({ queryKey: ["current-calls"] });
      await navigate({ to: "/desk" });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: tasksQuery.queryKey }),
  });
}
