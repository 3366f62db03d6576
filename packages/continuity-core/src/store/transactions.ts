import { type FirstRecords, firstRecords } from "./first-records.ts";
import { keys } from "./keys.ts";
import type {
  DataSite,
  HistoryRecord,
  KeeperClaim,
  LeaseRecord,
  OrderedRecord,
  StoreRecord,
  SyncRecord,
  TermRecord,
} from "./records.ts";

/** A record with the revision of its last change; revision 0 and `null` when absent. */
export interface Versioned<T> {
  readonly record: T | null;
  readonly revision: number;
}

/** One linearizable read of the records that decide who may write. All from one etcd request, so they belong together. */
export interface QuorumView {
  readonly store: Versioned<StoreRecord>;
  readonly term: Versioned<TermRecord>;
  readonly lease: Versioned<LeaseRecord>;
  readonly sync: Versioned<SyncRecord>;
  readonly keepers: Readonly<Record<DataSite, Versioned<KeeperClaim>>>;
}

/**
 * Compared at the instant a txn is applied. Revisions, never values, because a value can come back; only `store` is compared
 * by value, because revisions can come back after a restore while its random id cannot.
 */
export type Comparison =
  | { readonly key: string; readonly target: "revision"; readonly equals: number }
  | { readonly key: "store"; readonly target: "store-id"; readonly equals: string };

export interface Put {
  readonly key: string;
  readonly record: unknown;
}

/** All comparisons hold → all puts happen at one revision. Otherwise nothing happens. Either way the answer carries a `QuorumView`. */
export interface Txn {
  readonly compare: readonly Comparison[];
  readonly puts: readonly Put[];
}

const unchanged = (key: string, seen: Versioned<unknown>): Comparison => ({
  key,
  target: "revision",
  equals: seen.revision,
});

const sameStore = (view: Pick<QuorumView, "store">): readonly Comparison[] =>
  view.store.record === null
    ? [{ key: keys.store, target: "revision", equals: 0 }]
    : [{ key: keys.store, target: "store-id", equals: view.store.record.id }];

/** The first records of a new installation; loses against any store that exists. */
export function initialise(first: FirstRecords): Txn {
  const absent = [keys.store, keys.term, keys.lease, keys.sync];
  return {
    compare: absent.map((key) => ({ key, target: "revision", equals: 0 })),
    puts: absent.map((key) => ({ key, record: first[key as keyof FirstRecords] })),
  };
}

/** Renewal, release and taking back: a new lease record of the same holder in the same term. */
export function writeLease(view: QuorumView, lease: LeaseRecord): Txn {
  return {
    compare: [
      ...sameStore(view),
      unchanged(keys.term, view.term),
      unchanged(keys.lease, view.lease),
    ],
    puts: [{ key: keys.lease, record: lease }],
  };
}

export interface TakeOverRecords {
  readonly term: TermRecord;
  readonly lease: LeaseRecord;
  readonly sync: SyncRecord;
  readonly history: HistoryRecord;
}

const takeOverPuts = (next: TakeOverRecords): readonly Put[] => [
  { key: keys.term, record: next.term },
  { key: keys.lease, record: next.lease },
  { key: keys.sync, record: next.sync },
  { key: keys.history(next.history.term), record: next.history },
];

/** Starts a term: loses if term, lease or sync changed since `view`, whatever the values are now. */
export function takeOver(view: QuorumView, next: TakeOverRecords): Txn {
  return {
    compare: [
      ...sameStore(view),
      unchanged(keys.term, view.term),
      unchanged(keys.lease, view.lease),
      unchanged(keys.sync, view.sync),
    ],
    puts: takeOverPuts(next),
  };
}

/** Starts a term although the lease lives: compares store and term only. The gate of the keeper makes up for the lease. */
export function forceTakeOver(view: QuorumView, next: TakeOverRecords): Txn {
  return {
    compare: [...sameStore(view), unchanged(keys.term, view.term)],
    puts: takeOverPuts(next),
  };
}

/** Who and what stands behind a new life of the store. */
export interface ForceQuorumOrder {
  readonly newStoreId: string;
  readonly primary: DataSite;
  /** Two different people. */
  readonly by: readonly [string, string];
  /** That the other region's data plane is off: not unreachable, off. */
  readonly evidence: string;
  /** The newest term in the surviving database: the store that survived may be older. */
  readonly newestTermInData: number;
  readonly validityMs: number;
  readonly at: string;
}

/**
 * A new life of the store after the quorum was lost for good (`careline force-quorum`). Its generation is higher, so whatever the
 * lost members may still say counts no more; its term is higher than both store and data know; its lease names nobody yet.
 */
export function forceQuorum(survivor: QuorumView, order: ForceQuorumOrder): Txn {
  const previous = survivor.term.record;
  const term = Math.max(previous?.term ?? 0, order.newestTermInData) + 1;
  const { primary, at } = order;
  const records = firstRecords({
    store: { id: order.newStoreId, generation: (survivor.store.record?.generation ?? 0) + 1 },
    primary,
    claim: order.newStoreId,
    validityMs: order.validityMs,
    at,
    cause: "force-quorum",
    evidence: [order.evidence, `ordered by ${order.by[0]} and ${order.by[1]}`],
    term,
    geoFloor: survivor.sync.record?.geoFloor ?? null,
  });
  const history: HistoryRecord = {
    term: term - 1,
    primary: previous?.primary ?? primary,
    endedBy: "force-quorum",
    successor: primary,
    run: null,
    successorLsn: null,
    endedAt: at,
  };
  return {
    compare: sameStore(survivor),
    puts: [
      { key: keys.store, record: records.store },
      { key: keys.term, record: records.term },
      { key: keys.lease, record: records.lease },
      { key: keys.sync, record: records.sync },
      { key: keys.history(history.term), record: history },
    ],
  };
}

/** Weaken, strengthen: loses against another term and against another writer. */
export function writeSync(
  view: Pick<QuorumView, "store" | "term" | "sync">,
  sync: SyncRecord,
): Txn {
  return {
    compare: [...sameStore(view), unchanged(keys.term, view.term), unchanged(keys.sync, view.sync)],
    puts: [{ key: keys.sync, record: sync }],
  };
}

/** A starting keeper claims its site; loses against another keeper that claimed it since `view`. */
export function claimSite(view: QuorumView, site: DataSite, claim: KeeperClaim): Txn {
  return {
    compare: [...sameStore(view), unchanged(keys.keeper(site), view.keepers[site])],
    puts: [{ key: keys.keeper(site), record: claim }],
  };
}

/** A run that a person orders: loses against any order given since `ordered` was read, at whichever controller. */
export function beginOrdered(
  view: Pick<QuorumView, "store">,
  ordered: Versioned<OrderedRecord>,
  run: { readonly id: string },
): Txn {
  const absent = { record: null, revision: 0 };
  const record: OrderedRecord = { run: run.id };
  return {
    compare: [
      ...sameStore(view),
      unchanged(keys.ordered, ordered),
      unchanged(keys.run(run.id), absent),
    ],
    puts: [
      { key: keys.run(run.id), record: run },
      { key: keys.ordered, record },
    ],
  };
}

/** A record with one owner at a time (run, automation): loses against any other change, and against another store. */
export function writeOwned(
  view: Pick<QuorumView, "store">,
  key: string,
  seen: Versioned<unknown>,
  record: unknown,
): Txn {
  return { compare: [...sameStore(view), unchanged(key, seen)], puts: [{ key, record }] };
}
