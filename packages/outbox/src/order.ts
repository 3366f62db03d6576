import { acknowledgedAt, type Entry } from "./entries.ts";
import type { Position } from "./position.ts";

/**
 * Which writes may go now: the oldest waiting one of each record, unless an earlier write of that record
 * is in flight, refused, or acknowledged in a term that is over (it may have to be sent again first).
 */
export function nextToSend(inOrder: readonly Entry[], newestTerm: number, nowMs: number): Entry[] {
  const blocked = new Set<string>();
  const ready: Entry[] = [];
  for (const entry of inOrder) {
    const record = entry.content?.write.recordKey;
    if (record === undefined || blocked.has(record)) continue;
    const position = acknowledgedAt(entry);
    if (position !== null) {
      if (position.term < newestTerm) blocked.add(record);
      continue;
    }
    blocked.add(record);
    const isReady =
      entry.stored.state === "queued" && !entry.isSending && entry.notBeforeMs <= nowMs;
    if (isReady) ready.push(entry);
  }
  return ready;
}

/** Highest position of the record's earlier writes that nothing has confirmed yet. */
export function lastAcknowledgedOfRecord(inOrder: readonly Entry[], entry: Entry): Position | null {
  let last: Position | null = null;
  for (const earlier of inOrder) {
    if (earlier.stored.id >= entry.stored.id) break;
    const isSameRecord = earlier.content?.write.recordKey === entry.content?.write.recordKey;
    if (isSameRecord) last = acknowledgedAt(earlier) ?? last;
  }
  return last;
}

/** The next waiting write of the record, if the user made it on top of this one. */
export function followerOf(inOrder: readonly Entry[], entry: Entry): Entry | undefined {
  const next = inOrder.find(
    (later) =>
      later.stored.id > entry.stored.id &&
      later.content?.write.recordKey === entry.content?.write.recordKey,
  );
  const follows = next?.stored.state === "queued" && next.content?.write.followsPrevious === true;
  return follows ? next : undefined;
}
