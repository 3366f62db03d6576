import type { OutboxSnapshot } from "@careline/outbox";
import { useSyncExternalStore } from "react";
import { browserClock } from "../clock/index.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let current: Workspace | null = null;
let opening: { readonly owner: string; readonly done: Promise<Workspace> } | null = null;
const listeners = new Set<() => void>();
let shown: OutboxSnapshot | null = null;
let confirmedAt: Date | null = null;

/**
 * What a person could see of a snapshot. The confirmed position moves several times a second on a busy line;
 * drawing the desk for each of its steps would make typing slow, so it alone changes nothing.
 */
function visibleParts(snapshot: OutboxSnapshot): string {
  const { items, confirmedUntil: _, ...counts } = snapshot;
  return JSON.stringify([
    counts,
    items.map((item) => [item.id, item.key, item.state.kind, item.attempts, item.replays]),
  ]);
}

function outboxChanged(): void {
  const next = current?.outbox.snapshot() ?? null;
  if (next !== null && next.waiting + next.unconfirmed === 0 && next.confirmedUntil !== null) {
    confirmedAt = browserClock.wallNow();
  }
  if (next !== null && shown !== null && visibleParts(next) === visibleParts(shown)) return;
  shown = next;
  changed();
}

function changed(): void {
  for (const listener of listeners) listener();
}

/** Opens the workspace of `owner`, closing another person's first. Calling it again for the same owner is free. */
export async function openWorkspaceOf(owner: string): Promise<Workspace> {
  if (opening?.owner === owner) return opening.done;
  closeWorkspace();
  const done = openWorkspace(owner);
  opening = { owner, done };
  const opened = await done;
  if (opening?.done !== done) {
    opened.close();
    if (opening === null) throw new Error("the workspace was closed while it opened");
    return opening.done;
  }
  current = opened;
  opened.outbox.subscribe(outboxChanged);
  outboxChanged();
  return opened;
}

export function closeWorkspace(): void {
  current?.close();
  current = null;
  opening = null;
  shown = null;
  confirmedAt = null;
  changed();
}

export function currentWorkspace(): Workspace | null {
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The signed-in person's workspace; null until it is open. */
export function useWorkspace(): Workspace | null {
  return useSyncExternalStore(subscribe, currentWorkspace);
}

const nothing: OutboxSnapshot = {
  items: [],
  waiting: 0,
  unconfirmed: 0,
  conflicts: 0,
  othersWaiting: 0,
  isLeader: false,
  storage: "ok",
  link: "ok",
  interruptedSince: null,
  confirmedUntil: null,
};

/** What waits, as it is now. */
export function useOutbox(): OutboxSnapshot {
  return useSyncExternalStore(subscribe, () => shown ?? nothing);
}

/** When this page last saw that everything written here is in both regions. Null before the first such moment. */
export function lastConfirmedAt(): Date | null {
  return confirmedAt;
}
