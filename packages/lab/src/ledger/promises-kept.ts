import type { Acknowledgement } from "./acknowledgement.ts";

/** How many acknowledged writes there were and which of them are gone, by what was promised. */
export interface PromisesKept {
  readonly acknowledged: { readonly geo: number; readonly local: number };
  readonly lost: { readonly geo: number; readonly local: number };
  /** Keys of the lost writes, with the operation and what was promised. */
  readonly lostKeys: readonly {
    readonly key: string;
    readonly operation: string;
    readonly durability: string;
  }[];
}

/**
 * Compares the ledger with the keys that the primary's database holds. A write counts once however often it was
 * answered; promised `geo` once means promised `geo`. `single-region` and `local` writes were promised to survive through
 * their client's outbox, and count as `local`. Writes whose key no database keeps are left out.
 */
export function comparePromises(
  acknowledgements: readonly Acknowledgement[],
  present: ReadonlySet<string>,
): PromisesKept {
  const writes = new Map<string, { operation: string; durability: string }>();
  for (const { key, operation, durability, isKeyed } of acknowledgements) {
    if (!isKeyed) continue;
    if (durability === "geo" || !writes.has(key)) writes.set(key, { operation, durability });
  }
  const all = [...writes].map(([key, write]) => ({ key, ...write }));
  const lostKeys = all.filter((write) => !present.has(write.key));
  return { acknowledged: count(all), lost: count(lostKeys), lostKeys };
}

function count(writes: readonly { readonly durability: string }[]): { geo: number; local: number } {
  const geo = writes.filter((write) => write.durability === "geo").length;
  return { geo, local: writes.length - geo };
}
