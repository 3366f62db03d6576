import {
  type Comparison,
  keeperClaimSchema,
  keys,
  leaseRecordSchema,
  type QuorumView,
  storeRecordSchema,
  syncRecordSchema,
  type Txn,
  termRecordSchema,
  type Versioned,
} from "@careline/continuity-core";
import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import {
  parseRecord,
  type Snapshot,
  type StoreChannel,
  type StoreCheck,
  type StoreWrite,
} from "./quorum-store.ts";

/** The keys of a `QuorumView`, always read together. */
const VIEW_KEYS = [
  keys.store,
  keys.term,
  keys.lease,
  keys.sync,
  keys.keeper("east"),
  keys.keeper("west"),
] as const;

/** Answer to a transaction. `revision`: of everything that it wrote; null when it wrote nothing. */
export interface Applied {
  readonly succeeded: boolean;
  readonly revision: number | null;
  readonly view: QuorumView;
}

/** The records that decide who may write. Transactions and reads may have connections of their own. */
export class QuorumRecords {
  readonly #reads: StoreChannel;
  readonly #writes: StoreChannel;
  /** Text of the `store` record by its id, because etcd compares whole values. */
  #storeText: { readonly id: string; readonly text: string } | null = null;

  constructor(writes: StoreChannel, reads: StoreChannel = writes) {
    this.#writes = writes;
    this.#reads = reads;
  }

  /** One linearizable view. Errors: STORE_…, RECORD_UNREADABLE. */
  async read(signal: AbortSignal): Promise<QuorumView> {
    return this.#view(await this.#reads.read(VIEW_KEYS, signal));
  }

  /** One linearizable view, and at the same revision whatever else is asked for. Errors: as `read`. */
  async readWith(
    keysBeside: readonly string[],
    prefixes: readonly string[],
    signal: AbortSignal,
  ): Promise<Snapshot & { readonly view: QuorumView }> {
    const snapshot = await this.#reads.read([...VIEW_KEYS, ...keysBeside], signal, prefixes);
    return { ...snapshot, view: this.#view(snapshot) };
  }

  /** Applies a transaction; either way `view` is what the store held right after. Errors: STORE_…. */
  async apply(txn: Txn, signal: AbortSignal): Promise<Applied> {
    const checks = txn.compare.map((comparison) => this.#check(comparison));
    const writes = txn.puts.map(
      (put): StoreWrite => ({ kind: "put", key: put.key, value: put.record }),
    );
    const outcome = await this.#writes.txn(checks, writes, signal, VIEW_KEYS);
    return {
      succeeded: outcome.kind === "won",
      revision: outcome.kind === "won" ? outcome.revision : null,
      view: this.#view(outcome.current),
    };
  }

  #check(comparison: Comparison): StoreCheck {
    if (comparison.target === "revision") {
      return { key: comparison.key, revision: comparison.equals };
    }
    if (this.#storeText?.id !== comparison.equals) {
      throw new ContinuityError("STORE_UNREACHABLE", "this life of the store was not read yet");
    }
    return { key: comparison.key, text: this.#storeText.text };
  }

  #view(snapshot: Snapshot): QuorumView {
    const versioned = <Schema extends z.ZodType>(
      key: string,
      schema: Schema,
    ): Versioned<z.output<Schema>> => {
      const record = snapshot.records.get(key);
      if (record === undefined) return { record: null, revision: 0 };
      return { record: parseRecord(record, schema), revision: record.revision };
    };
    const view: QuorumView = {
      store: versioned(keys.store, storeRecordSchema),
      term: versioned(keys.term, termRecordSchema),
      lease: versioned(keys.lease, leaseRecordSchema),
      sync: versioned(keys.sync, syncRecordSchema),
      keepers: {
        east: versioned(keys.keeper("east"), keeperClaimSchema),
        west: versioned(keys.keeper("west"), keeperClaimSchema),
      },
    };
    const text = snapshot.records.get(keys.store)?.text;
    if (view.store.record !== null && text !== undefined) {
      this.#storeText = { id: view.store.record.id, text };
    }
    return view;
  }
}
