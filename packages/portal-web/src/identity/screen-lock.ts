import { send } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";

/**
 * Whether this browser's screen is locked, for all its tabs. `told`: the service knows it too. A lock that the
 * service does not know yet (it was unreachable) is told as soon as it answers, and only a fresh sign-in at the
 * service takes a told lock away.
 */
export interface ScreenLock {
  readonly agentId: string;
  readonly told: boolean;
}

const storageKey = "careline.lock";
const listeners = new Set<() => void>();
let current: ScreenLock | null = read();

function read(): ScreenLock | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    const isLock =
      typeof stored === "object" && stored !== null && "agentId" in stored && "told" in stored;
    return isLock ? { agentId: String(stored.agentId), told: stored.told === true } : null;
  } catch {
    return null;
  }
}

function set(lock: ScreenLock | null): void {
  current = lock;
  try {
    if (lock === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, JSON.stringify(lock));
  } catch {
    // Without storage the lock holds in this tab.
  }
  for (const listener of listeners) listener();
}

export function screenLock(): ScreenLock | null {
  return current;
}

export function subscribeToLock(listener: () => void): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key !== storageKey) return;
    current = read();
    listener();
  };
  window.addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    window.removeEventListener("storage", onStorage);
    listeners.delete(listener);
  };
}

/** Locks at once here and in the other tabs, then tells the service. */
export async function lockScreen(agentId: string, signal: AbortSignal): Promise<void> {
  set({ agentId, told: false });
  await tellLock(agentId, signal);
}

/** Tells the service of the lock until it knows; each second while it does not answer. */
export async function tellLock(agentId: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && current?.agentId === agentId && !current.told) {
    try {
      await send("lockSession", { background: true }, signal);
      set({ agentId, told: true });
    } catch {
      await browserClock.sleep(1_000, signal).catch(() => {});
    }
  }
}

/** The service says that the session is locked. */
export function lockedByService(agentId: string): void {
  if (current?.agentId !== agentId || !current.told) set({ agentId, told: true });
}

/** The service says that the session is open; takes away a lock that it knew. */
export function openedByService(agentId: string): void {
  if (current !== null && (current.told || current.agentId !== agentId)) set(null);
}

export function clearLock(): void {
  if (current !== null) set(null);
}
