import type { WrapUp } from "@careline/portal-contract/calls/index.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { announce } from "../announce/index.ts";
import { useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import type { Call } from "./call.ts";
import { receiveCall } from "./current-calls.ts";

export interface Closing {
  readonly state: "idle" | "closing" | "refused";
  /** Why the service refused it; empty before. */
  readonly code: string;
  readonly close: (wrapUp: WrapUp) => void;
}

/** Keeps the close of a call and sends it; the call leaves the desk when the service confirms it. */
export function useCloseCall(callId: string, onClosed: () => void): Closing {
  const t = useT();
  const queryClient = useQueryClient();
  const [state, setState] = useState<Closing["state"]>("idle");
  const [code, setCode] = useState("");
  const close = (wrapUp: WrapUp): void => {
    setState("closing");
    keep("closeCall", { record: `call:${callId}`, params: { callId }, body: wrapUp })
      .then((kept) => {
        announce(t("desk.closing"));
        return kept.outcome(new AbortController().signal);
      })
      .then((outcome) => {
        if (outcome.kind === "acknowledged") {
          onClosed();
          announce(t("desk.closed"));
          // The answer of closeCall is the call, as the contract says.
          receiveCall(queryClient, outcome.answer.body as Call);
        } else {
          setState("refused");
          setCode(outcome.kind === "conflict" ? (outcome.answer.code ?? "") : "");
        }
      })
      .catch(() => setState("refused"));
  };
  return { state, code, close };
}
