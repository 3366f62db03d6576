import type { WrapUp } from "@careline/portal-contract/calls/index.ts";
import { useEffect } from "react";
import { send } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";

const saveAfterMs = 1_000;

/** Saves the wrap-up at the service after each pause, best effort: closing sends the whole of it again. */
export function useWrapUpAutosave(callId: string, wrapUp: WrapUp, isEdited: boolean): void {
  const { code, reason, resolution, followUpRequired, followUpDate } = wrapUp;
  useEffect(() => {
    if (!isEdited) return;
    const life = new AbortController();
    const cancel = browserClock.after(saveAfterMs, () => {
      const body = { code, reason, resolution, followUpRequired, followUpDate };
      send("saveWrapUp", { params: { callId }, body, key: crypto.randomUUID() }, life.signal).catch(
        () => {},
      );
    });
    return () => {
      cancel();
      life.abort();
    };
  }, [callId, code, reason, resolution, followUpRequired, followUpDate, isEdited]);
}
