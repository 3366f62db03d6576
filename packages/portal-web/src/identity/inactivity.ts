import { send } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";

const storageKey = "careline.last-activity";
const noteEveryMs = 60_000;
const storeEveryMs = 1_000;

let lastStoredMs = 0;
let lastNotedMs = 0;

/** Wall time of the last key or click in any tab of this browser. */
export function lastActivityMs(): number {
  try {
    return Math.max(lastStoredMs, Number(localStorage.getItem(storageKey) ?? 0));
  } catch {
    return lastStoredMs;
  }
}

/** Counts as activity now: for this browser's tabs at once, for the service at most once a minute. */
export function noteActivity(signal: AbortSignal): void {
  const now = browserClock.wallNow().getTime();
  if (now - lastStoredMs < storeEveryMs) return;
  lastStoredMs = now;
  try {
    localStorage.setItem(storageKey, String(now));
  } catch {
    // Without storage each tab counts for itself.
  }
  if (now - lastNotedMs < noteEveryMs) return;
  lastNotedMs = now;
  // The service counts its own time; an unanswered note is followed by the next one.
  send("noteActivity", {}, signal).catch(() => {});
}

export type Idleness =
  | { readonly kind: "active" }
  | { readonly kind: "warn"; readonly remainingMs: number }
  | { readonly kind: "lock" };

/** What the time since the last activity asks for. A clock that went back counts as no time at all. */
export function idlenessOf(
  idleMs: number,
  limits: { readonly warnAfterMs: number; readonly lockAfterMs: number },
): Idleness {
  if (idleMs >= limits.lockAfterMs) return { kind: "lock" };
  if (idleMs >= limits.warnAfterMs)
    return { kind: "warn", remainingMs: limits.lockAfterMs - idleMs };
  return { kind: "active" };
}
