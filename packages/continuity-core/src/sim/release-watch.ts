import type { KeeperEvent } from "../keeper/index.ts";
import { keys, type LeaseRecord } from "../store/index.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";

interface Listener {
  dispatch(event: KeeperEvent): void;
}

/**
 * The store's watch for releases: it may have broken, and what it tells may come long after the lease was taken back or over. Answers
 * what to call for each put.
 */
export function releaseWatch(
  queue: EventQueue,
  dice: Dice,
  listeners: () => readonly Listener[],
): (key: string, record: unknown, revision: number) => void {
  return (key, put, revision) => {
    const record = put as LeaseRecord;
    if (key !== keys.lease || record.kind !== "released") return;
    const event = { kind: "release-heard", lease: { record, revision } } as const;
    for (const listener of listeners()) {
      if (dice.chance(0.3)) continue;
      const delayMs = dice.chance(0.2) ? dice.between(100, 5_000) : dice.between(30, 100);
      queue.after(delayMs, () => listener.dispatch(event));
    }
  };
}
