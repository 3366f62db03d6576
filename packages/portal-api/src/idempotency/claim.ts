import { createHash } from "node:crypto";
import { headerNames } from "@careline/portal-contract";
import type { Tx } from "../database/index.ts";
import { type KeyRing, open, seal } from "../encryption/index.ts";
import { PortalError } from "../problems/index.ts";

/** What makes two requests with one key the same request. */
export interface RequestIdentity {
  readonly agentId: string;
  readonly key: string;
  /** SHA-256 over method, path and query as sent, If-Match and the body's bytes. */
  readonly hash: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  readonly version: number | null;
  readonly body: Uint8Array | null;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Errors: IDEMPOTENCY_KEY_REQUIRED without a key that is a UUID. */
export function parseKey(header: string | readonly string[] | undefined): string {
  if (typeof header !== "string" || !uuidPattern.test(header)) {
    throw new PortalError(
      "IDEMPOTENCY_KEY_REQUIRED",
      `the header ${headerNames.idempotencyKey} is no UUID`,
    );
  }
  return header.toLowerCase();
}

export function requestHash(
  method: string,
  url: string,
  ifMatch: string | undefined,
  body: Uint8Array | null,
): Buffer {
  const hash = createHash("sha256").update(`${method}\n${url}\n${ifMatch ?? ""}\n`);
  return hash.update(body ?? new Uint8Array()).digest();
}

interface StoredRow {
  readonly request_hash: Buffer;
  readonly status_code: number;
  readonly version: number | null;
  readonly answer: string | null;
}

const place = (identity: RequestIdentity): string => `${identity.agentId}/${identity.key}`;

/**
 * Takes the key for this transaction: null when it is new, the first answer when it was used for the same request before.
 * Two statements in one flight: the lock first, so that the second one's snapshot shows what a finished holder wrote.
 * Errors: IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_KEY_REUSED, FIELD_UNREADABLE.
 */
export async function claimKey(
  tx: Tx,
  keys: KeyRing,
  identity: RequestIdentity,
): Promise<StoredAnswer | null> {
  const [[lock], [row]] = await Promise.all([
    tx<
      { taken: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtextextended(${place(identity)}, 0)) as taken`.execute(),
    tx<StoredRow[]>`select request_hash, status_code, version, answer from portal.idempotency
                     where agent_id = ${identity.agentId} and idempotency_key = ${identity.key}`.execute(),
  ]);
  if (row !== undefined) return storedAnswer(keys, identity, row);
  if (lock?.taken !== true) {
    throw new PortalError(
      "IDEMPOTENCY_IN_FLIGHT",
      "the first request with this key is still running",
    );
  }
  return null;
}

async function storedAnswer(
  keys: KeyRing,
  identity: RequestIdentity,
  row: StoredRow,
): Promise<StoredAnswer> {
  if (!row.request_hash.equals(identity.hash)) {
    throw new PortalError("IDEMPOTENCY_KEY_REUSED", "this key was used for a different request");
  }
  const body =
    row.answer === null ? null : await open(keys, "answers", place(identity), row.answer);
  return { status: row.status_code, version: row.version, body };
}

/** Seals the answer; `send` inserts it in the transaction's last flight. */
export async function sealAnswer(
  keys: KeyRing,
  identity: RequestIdentity,
  answer: StoredAnswer,
  now: Date,
): Promise<(tx: Tx) => PromiseLike<unknown>> {
  const sealed =
    answer.body === null ? null : await seal(keys, "answers", place(identity), answer.body);
  return (tx) =>
    tx`insert into portal.idempotency (agent_id, idempotency_key, request_hash, status_code, version, answer, created_at)
       values (${identity.agentId}, ${identity.key}, ${identity.hash}, ${answer.status}, ${answer.version}, ${sealed}, ${now})`.execute();
}

/** Removes at most `limit` answers older than 14 days (portal.md, "Rules every write follows"); answers how many. */
export async function forgetOldAnswers(tx: Tx, now: Date, limit: number): Promise<number> {
  const before = new Date(now.getTime() - 14 * 86_400_000);
  const gone = await tx`delete from portal.idempotency where ctid in (
    select ctid from portal.idempotency where created_at < ${before} order by created_at limit ${limit})`;
  return gone.count;
}
