/**
 * Names of the portal's own headers, in lower case as Node gives them.
 * Source: docs/reference/site-contracts.md, "Answers of the portal".
 */
export const headerNames = {
  /** `<term>/<lsn>` of an acknowledged write. */
  position: "careline-position",
  /** `<term>/<lsn>` that the standby has flushed; `<term>/0/0` without a standby. On every answer. */
  confirmed: "careline-confirmed",
  /** `geo`, `single-region` or `local`. */
  durability: "careline-durability",
  /** `east` or `west`. */
  site: "careline-site",
  /** Seconds by which an emergency read may be behind, one decimal. Only on emergency reads. */
  dataAge: "careline-data-age",
  /** `true` when the answer is the repeat of an earlier one. */
  replayed: "careline-replayed",
  /** Request id (UUID), also in logs and problem documents. */
  requestId: "careline-request-id",
  /** Sent by every client on every unsafe request: `<name>/<version>`. Its presence is part of the CSRF defence. */
  client: "careline-client",
  /** Sent as `background` by requests that nobody typed (replay, refetch), so that they do not postpone the lock. */
  activity: "careline-activity",
  /** Instant (ISO 8601, UTC) at which the person did what an outbox sends later. */
  occurredAt: "careline-occurred-at",
  /** `<term>/<lsn>` of an earlier write of the same record that is acknowledged but not yet confirmed; see TERM_CHANGED. */
  after: "careline-after",
  idempotencyKey: "idempotency-key",
  ifMatch: "if-match",
  etag: "etag",
  retryAfter: "retry-after",
} as const;

export type HeaderName = (typeof headerNames)[keyof typeof headerNames];

/** A place in the write-ahead log of one term. `lsn` is PostgreSQL's text form, e.g. `0/16B3748`. */
export interface LogPosition {
  readonly term: number;
  readonly lsn: string;
}

/** Parses `<term>/<lsn>`, e.g. `3/0/16B3748`. Null when the text is no position. */
export function parsePosition(text: string): LogPosition | null {
  const match = /^(\d{1,15})\/([0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8})$/.exec(text);
  const [, term, lsn] = match ?? [];
  return term === undefined || lsn === undefined ? null : { term: Number(term), lsn };
}

export function formatPosition(position: LogPosition): string {
  return `${position.term}/${position.lsn}`;
}

/** The log sequence number as a number that can be compared with others of the same term. */
export function lsnValue(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
