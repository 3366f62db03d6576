import type { KeeperEvent } from "../keeper/index.ts";
import { keys, type LeaseRecord } from "../store/index.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";
import { type RegionName, regionNames } from "./places.ts";

interface Listener {
  dispatch(event: KeeperEvent): void;
}

/**
 * The store's watch of the lease: it may have broken, and what it tells may come long after the lease was renewed, taken back or taken
 * over. Answers what to call for each put.
 */
export function leaseWatch(
  queue: EventQueue,
  dice: Dice,
  listenerOf: (region: RegionName) => Listener,
): (key: string, record: unknown, revision: number) => void {
  return (key, put, revision) => {
    const record = put as LeaseRecord;
    if (key !== keys.lease) return;
    const event = { kind: "lease-heard", lease: { record, revision } } as const;
    for (const region of regionNames) {
      if (dice.chance(0.3)) continue;
      const delayMs = dice.chance(0.2) ? dice.between(100, 5_000) : dice.between(30, 100);
      queue.after(delayMs, () => listenerOf(region).dispatch(event));
    }
  };
}
