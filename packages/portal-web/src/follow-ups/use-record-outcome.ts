import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { announce } from "../announce/index.ts";
import type { Body } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import { tasksQuery } from "./tasks.ts";

export interface Recording {
  readonly state: "idle" | "kept" | "refused";
  /** Why the service refused it; empty before. */
  readonly code: string;
  readonly record: (outcome: Body<"recordCallbackOutcome">) => void;
}

/** Keeps the outcome of a callback and sends it, through whatever happens next. */
export function useRecordOutcome(taskId: string): Recording {
  const t = useT();
  const queryClient = useQueryClient();
  const [state, setState] = useState<Recording["state"]>("idle");
  const [code, setCode] = useState("");
  const record = (body: Body<"recordCallbackOutcome">): void => {
    setState("kept");
    keep("recordCallbackOutcome", { record: `task:${taskId}`, params: { taskId }, body })
      .then((kept) => {
        announce(t("followUps.recorded"));
        return kept.outcome(new AbortController().signal);
      })
      .then((outcome) => {
        if (outcome.kind === "conflict") {
          setState("refused");
          setCode(outcome.answer.code ?? "");
        }
        return queryClient.invalidateQueries({ queryKey: tasksQuery.queryKey });
      })
      .catch(() => {
        setState("idle");
        announce(t("outbox.storageFull"), "assertive");
      });
  };
  return { state, code, record };
}
