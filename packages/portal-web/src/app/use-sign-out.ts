import { useState } from "react";
import { signOut } from "../identity/index.ts";
import { currentWorkspace } from "../outbox/index.ts";

interface SignOut {
  readonly isAsking: boolean;
  readonly ask: () => void;
  readonly cancel: () => void;
}

/** Signs out at once when nothing is at stake; asks when entries wait here, a call is open, or it failed. */
export function useSignOut(isInCall: boolean): SignOut {
  const [isAsking, setAsking] = useState(false);
  const ask = (): void => {
    const items = currentWorkspace()?.outbox.snapshot().items ?? [];
    if (items.length > 0 || isInCall) setAsking(true);
    else signOut(new AbortController().signal).catch(() => setAsking(true));
  };
  return { isAsking, ask, cancel: () => setAsking(false) };
}
