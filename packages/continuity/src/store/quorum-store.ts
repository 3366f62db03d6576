import { keys, storeRecordSchema } from "@careline/continuity-core";
import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import type { EtcdChannel, EtcdOptions, EtcdRequest } from "./etcd-channel.ts";
import { EtcdSession } from "./etcd-session.ts";
import {
  endOfPrefix,
  fromBase64,
  keepAliveSchema,
  leaseGrantSchema,
  memberListSchema,
  memberStatusSchema,
  rangeSchema,
  toBase64,
  txnSchema,
  type WirePair,
} from "./etcd-wire.ts";
import { type StoreEvent, watchPrefix } from "./watch.ts";

/** One record as it was at one revision. */
export interface StoredRecord {
  /** Without the system's prefix, e.g. `lease`. */
  readonly key: string;
  readonly text: string;
  /** Revision of its last change; what compare-and-set compares. */
  readonly revision: number;
}

/** Several records, all at the same store revision, read linearizably. */
export interface Snapshot {
  readonly storeRevision: number;
  readonly records: ReadonlyMap<string, StoredRecord>;
}

/** What must hold when a transaction is applied. `revision` 0: the key must not exist. */
export type StoreCheck =
  | { readonly key: string; readonly revision: number }
  | { readonly key: string; readonly text: string };

export type StoreWrite =
  | { readonly kind: "put"; readonly key: string; readonly value: unknown; readonly lease?: string }
  | { readonly kind: "delete"; readonly key: string };

/** `current`: the keys that were asked for, after the writes of a won transaction, as they are after a lost one. */
export type TxnOutcome =
  | { readonly kind: "won"; readonly revision: number; readonly current: Snapshot }
  | { readonly kind: "lost"; readonly current: Snapshot };

export interface QuorumStoreOptions extends EtcdOptions {
  /** Name of the protected system; keys live under `/careline/<system>/`. */
  readonly system: string;
}

/**
 * The records of one protected system in the quorum store. Reads are linearizable: they answer only
 * while a majority does. Every error is a `ContinuityError` with a STORE_… code.
 */
export class QuorumStore {
  readonly #session: EtcdSession;
  readonly #prefix: string;

  constructor(options: QuorumStoreOptions) {
    this.#prefix = `/careline/${options.system}/`;
    this.#session = new EtcdSession(options, surveyOf(this.#prefix));
  }

  /** A set of connections of its own: one for the lease, one for the rest, so that neither waits for the other. */
  channel(connections = 1): StoreChannel {
    return new StoreChannel(this.#session.channel(connections), this.#prefix);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

export class StoreChannel {
  readonly #etcd: EtcdChannel;
  readonly #prefix: string;
  readonly #txnRequest: Pick<EtcdRequest<typeof txnSchema>, "path" | "schema" | "generationOf">;

  constructor(etcd: EtcdChannel, prefix: string) {
    this.#etcd = etcd;
    this.#prefix = prefix;
    this.#txnRequest = {
      path: "/v3/kv/txn",
      schema: txnSchema,
      generationOf: ({ responses }) =>
        generationIn(
          responses.flatMap((response) => response.response_range?.kvs ?? []),
          prefix,
        ),
    };
  }

  /**
   * Reads keys (absent ones are left out) at one revision, and with them everything under `prefixes` (at most 1,000 each). One
   * request: etcd serves linearizable reads in rounds of the quorum, and two requests at once take two rounds (2 × 120 ms
   * between regions 60 ms apart).
   */
  async read(
    keys: readonly string[],
    signal: AbortSignal,
    prefixes: readonly string[] = [],
  ): Promise<Snapshot> {
    const success = [
      ...keys.map((key) => ({ request_range: { key: this.#wireKey(key) } })),
      ...prefixes.map((prefix) => ({ request_range: this.#wireRange(prefix, 1_000) })),
    ];
    const answer = await this.#etcd.send(
      { ...this.#txnRequest, body: { success }, repeatable: true },
      signal,
    );
    return this.#snapshot(answer);
  }

  /** Reads every key that begins with `prefix` (`""`: all of the system's), at most `limit`. */
  async readPrefix(prefix: string, signal: AbortSignal, limit = 1_000): Promise<Snapshot> {
    const range = this.#wireRange(prefix, limit);
    const answer = await this.#etcd.send(
      { ...this.#txnRequest, body: { success: [{ request_range: range }] }, repeatable: true },
      signal,
    );
    return this.#snapshot(answer);
  }

  /**
   * Writes all or nothing, if every check holds, and reads the keys `show` (the checked ones unless
   * given). STORE_OUTCOME_UNKNOWN: it may have been, or may still be, applied.
   */
  async txn(
    checks: readonly StoreCheck[],
    writes: readonly StoreWrite[],
    signal: AbortSignal,
    show: readonly string[] = checks.map((check) => check.key),
  ): Promise<TxnOutcome> {
    const ranges = show.map((key) => ({ request_range: { key: this.#wireKey(key) } }));
    const body = {
      compare: checks.map((check) => this.#wireCheck(check)),
      success: [...writes.map((write) => this.#wireWrite(write)), ...ranges],
      failure: ranges,
    };
    const request = { ...this.#txnRequest, body, repeatable: false };
    const answer = await this.#etcd.send(request, signal);
    const current = this.#snapshot(answer);
    if (answer.succeeded) return { kind: "won", revision: answer.header.revision, current };
    return { kind: "lost", current };
  }

  /** Changes under `prefix` from `fromRevision` on; see `watchPrefix`. */
  watch(prefix: string, fromRevision: number, signal: AbortSignal): AsyncGenerator<StoreEvent> {
    return watchPrefix(this.#etcd, { root: this.#prefix, prefix, fromRevision }, signal);
  }

  /** A lease that removes the keys bound to it after `ttlSeconds` without `keepAlive`. Never used for safety. */
  async grantLease(ttlSeconds: number, signal: AbortSignal): Promise<string> {
    const answer = await this.#etcd.send(
      {
        path: "/v3/lease/grant",
        body: { TTL: String(ttlSeconds) },
        schema: leaseGrantSchema,
        repeatable: true,
      },
      signal,
    );
    return answer.ID;
  }

  /** False when the lease has expired: grant a new one. */
  async keepAlive(lease: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#etcd.send(
      {
        path: "/v3/lease/keepalive",
        body: { ID: lease },
        schema: keepAliveSchema,
        repeatable: true,
      },
      signal,
    );
    return answer.result.TTL > 0;
  }

  /** If the own site's member leads the store, hands leadership to the member called `to`. True when it did. */
  async handLeadershipTo(to: string, signal: AbortSignal): Promise<boolean> {
    const status = await this.#etcd.sendToOwn(
      { path: "/v3/maintenance/status", body: {}, schema: memberStatusSchema, repeatable: true },
      signal,
    );
    if (status.leader !== status.header.member_id) return false;
    const list = await this.#etcd.sendToOwn(
      { path: "/v3/cluster/member/list", body: {}, schema: memberListSchema, repeatable: true },
      signal,
    );
    const target = list.members.find((member) => member.name === to);
    if (target === undefined || target.ID === status.leader) return false;
    await this.#etcd.sendToOwn(
      {
        path: "/v3/maintenance/transfer-leadership",
        body: { targetID: target.ID },
        schema: rangeSchema,
        repeatable: true,
      },
      signal,
    );
    return true;
  }

  /** Members of the cluster that the own site's member belongs to. */
  async memberNames(signal: AbortSignal): Promise<string[]> {
    const list = await this.#etcd.sendToOwn(
      { path: "/v3/cluster/member/list", body: {}, schema: memberListSchema, repeatable: true },
      signal,
    );
    return list.members.map((member) => member.name);
  }

  #wireRange(prefix: string, limit: number): unknown {
    const from = this.#prefix + prefix;
    return { key: toBase64(from), range_end: toBase64(endOfPrefix(from)), limit };
  }

  #wireKey(key: string): string {
    return toBase64(this.#prefix + key);
  }

  #wireCheck(check: StoreCheck): unknown {
    const key = this.#wireKey(check.key);
    if ("text" in check) {
      return { key, target: "VALUE", result: "EQUAL", value: toBase64(check.text) };
    }
    return { key, target: "MOD", result: "EQUAL", mod_revision: String(check.revision) };
  }

  #wireWrite(write: StoreWrite): unknown {
    if (write.kind === "delete") return { request_delete_range: { key: this.#wireKey(write.key) } };
    const put = { key: this.#wireKey(write.key), value: toBase64(JSON.stringify(write.value)) };
    return { request_put: write.lease === undefined ? put : { ...put, lease: write.lease } };
  }

  #snapshot(answer: z.output<typeof txnSchema>): Snapshot {
    const pairs = answer.responses.flatMap((response) => response.response_range?.kvs ?? []);
    const records = pairs.map((pair) => toRecord(pair, this.#prefix));
    return {
      storeRevision: answer.header.revision,
      records: new Map(records.map((record) => [record.key, record])),
    };
  }
}

/** The `store` record as one member holds it, without asking the others: not for decisions, only for telling its life. */
function surveyOf(prefix: string): EtcdRequest<typeof rangeSchema> {
  return {
    path: "/v3/kv/range",
    body: { key: toBase64(prefix + keys.store), serializable: true },
    schema: rangeSchema,
    repeatable: true,
    generationOf: ({ kvs }) => generationIn(kvs, prefix),
  };
}

/** Generation of the `store` record among `pairs`; null when it is not among them, or cannot be read. */
function generationIn(pairs: readonly WirePair[], prefix: string): number | null {
  const key = toBase64(prefix + keys.store);
  const pair = pairs.find((each) => each.key === key);
  if (pair === undefined) return null;
  try {
    return parseRecord(toRecord(pair, prefix), storeRecordSchema).generation;
  } catch {
    return null;
  }
}

export function toRecord(pair: WirePair, root: string): StoredRecord {
  return {
    key: fromBase64(pair.key).slice(root.length),
    text: fromBase64(pair.value),
    revision: pair.mod_revision,
  };
}

/** Parses a record by its schema. Errors: RECORD_UNREADABLE (names the key, never the value). */
export function parseRecord<Schema extends z.ZodType>(
  record: StoredRecord,
  schema: Schema,
): z.output<Schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(record.text);
  } catch (cause) {
    throw new ContinuityError("RECORD_UNREADABLE", `${record.key} is not JSON`, { cause });
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ContinuityError("RECORD_UNREADABLE", `${record.key} does not fit its schema`, {
    cause: parsed.error,
  });
}
