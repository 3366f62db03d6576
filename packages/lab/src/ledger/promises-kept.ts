import type { Acknowledgement } from "./acknowledgement.ts";

interface Count {
  readonly geo: number;
  readonly local: number;
}

interface Write {
  readonly key: string;
  readonly operation: string;
  readonly durability: string;
}

/** How many acknowledged writes there were and which of them are gone, by what was promised. */
export interface PromisesKept {
  readonly acknowledged: Count;
  readonly lost: Count;
  /** Keys of the lost writes, with the operation and what was promised. */
  readonly lostKeys: readonly Write[];
  /** Not in the database, but listed by key in the report of the region that had them, as promised on direct connections. */
  readonly reported: number;
}

/**
 * Compares the ledger with the keys that the primary's database holds. A write counts once however often it was
 * answered; promised `geo` once means promised `geo`. `single-region` and `local` writes were promised to survive through
 * their client's outbox, and count as `local`. Writes whose key no database keeps are left out. `reported`: keys in the lists of diverged
 * rows. They excuse a `local` write only that was acknowledged on direct connections alone: a client that is pinned to a
 * region which follows now cannot replay (continuity.md, invariants 1 and 4).
 */
export function comparePromises(
  acknowledgements: readonly Acknowledgement[],
  present: ReadonlySet<string>,
  reported: ReadonlySet<string>,
): PromisesKept {
  const all = writesOf(acknowledgements);
  const throughDoor = new Set(
    acknowledgements.filter(({ via }) => via === "front-door").map(({ key }) => key),
  );
  const isReported = ({ key, durability }: Write): boolean =>
    durability !== "geo" && !throughDoor.has(key) && reported.has(key);
  const missing = all.filter((write) => !present.has(write.key));
  const lostKeys = missing.filter((write) => !isReported(write));
  return {
    acknowledged: count(all),
    lost: count(lostKeys),
    lostKeys,
    reported: missing.length - lostKeys.length,
  };
}

function writesOf(acknowledgements: readonly Acknowledgement[]): Write[] {
  const writes = new Map<string, Write>();
  for (const { key, operation, durability, isKeyed } of acknowledgements) {
    if (!isKeyed) continue;
    if (durability === "geo" || !writes.has(key)) writes.set(key, { key, operation, durability });
  }
  return [...writes.values()];
}

function count(writes: readonly Write[]): Count {
  const geo = writes.filter((write) => write.durability === "geo").length;
  return { geo, local: writes.length - geo };
}
