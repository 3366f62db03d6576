import { useSyncExternalStore } from "react";
import { browserClock } from "./clock.ts";

let wallMs = browserClock.wallNow().getTime();
let stop: (() => void) | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= browserClock.every(1_000, () => {
    wallMs = browserClock.wallNow().getTime();
    for (const each of listeners) each();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

/** Wall time in ms, renewed once a second by one timer for the whole page, so that 500 rows tick together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => wallMs);
}
