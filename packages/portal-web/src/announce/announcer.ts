export type Urgency = "polite" | "assertive";

interface Announcement {
  readonly id: number;
  readonly text: string;
}

type Listener = () => void;

const empty: Announcement = { id: 0, text: "" };
const latest: Record<Urgency, Announcement> = { polite: empty, assertive: empty };
const listeners = new Set<Listener>();
let lastId = 0;

/** Says `text` to a screen reader; `assertive` interrupts and is for an incoming call or lost input only. */
export function announce(text: string, urgency: Urgency = "polite"): void {
  lastId += 1;
  latest[urgency] = { id: lastId, text };
  for (const listener of listeners) listener();
}

export function subscribeToAnnouncements(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function latestAnnouncement(urgency: Urgency): Announcement {
  return latest[urgency];
}
