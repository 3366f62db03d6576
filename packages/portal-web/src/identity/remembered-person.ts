import type { SessionView } from "@careline/portal-contract/identity/session.ts";

/** Who was last signed in on this browser; enough to keep working while no region answers. No patient data. */
export interface RememberedPerson {
  readonly agentId: string;
  readonly displayName: string;
  readonly role: SessionView["role"];
  readonly demo: boolean;
  readonly warnAfterMs: number;
  readonly lockAfterMs: number;
}

const storageKey = "careline.person";

export function rememberPerson(session: SessionView): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(personOf(session)));
  } catch {
    // Without storage nothing is remembered; signing in again is then needed after a reload in an outage.
  }
}

export function personOf(session: SessionView): RememberedPerson {
  const { agentId, displayName, role, demo, inactivity } = session;
  return {
    agentId,
    displayName,
    role,
    demo,
    warnAfterMs: inactivity.warnAfterMs,
    lockAfterMs: inactivity.lockAfterMs,
  };
}

export function rememberedPerson(): RememberedPerson | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    return isPerson(stored) ? stored : null;
  } catch {
    return null;
  }
}

export function forgetPerson(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // Storage that is off holds nothing to forget.
  }
}

function isPerson(value: unknown): value is RememberedPerson {
  return (
    typeof value === "object" &&
    value !== null &&
    "agentId" in value &&
    typeof value.agentId === "string" &&
    "lockAfterMs" in value
  );
}
