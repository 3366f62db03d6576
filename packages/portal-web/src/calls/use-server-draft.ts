import { useEffect } from "react";
import { type Body, send } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";

/** After this pause in typing the text also goes to the service, so that it can be found on another computer. */
const sendAfterMs = 1_500;

/**
 * Sends the draft along, best effort: the sealed copy on this computer is what survives; an unanswered
 * save is followed by the next one.
 */
export function useServerDraft(
  callId: string,
  draft: Body<"saveNoteDraft">,
  isReady: boolean,
): void {
  const { noteType, noteText, revision } = draft;
  useEffect(() => {
    if (!isReady || revision === 0) return;
    const life = new AbortController();
    const cancel = browserClock.after(sendAfterMs, () => {
      const body = { noteType, noteText, revision };
      send(
        "saveNoteDraft",
        { params: { callId }, body, key: crypto.randomUUID() },
        life.signal,
      ).catch(() => {});
    });
    return () => {
      cancel();
      life.abort();
    };
  }, [callId, noteType, noteText, revision, isReady]);
}
