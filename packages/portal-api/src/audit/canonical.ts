import { createHash } from "node:crypto";

/** One row of the audit trail as it is hashed; the columns of `portal.audit_log` without `transaction_id`. */
export interface AuditRow {
  readonly auditId: string;
  readonly timestamp: Date;
  readonly agentId: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly patientId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly sessionId: string | null;
  readonly region: "east" | "west";
  readonly statusCode: number;
  readonly details: string;
  readonly requestId: string;
  readonly origin: "agent" | "system" | "anonymous" | "emergency";
}

/** Names the encoding; a change of order, fields or form gets the next number. */
export const canonicalVersion = "careline-audit/1";

/**
 * The canonical encoding: `canonicalVersion` and each field in the order below, as a 4-byte big-endian length and UTF-8 text; null
 * is the length FFFFFFFF. The instant is microseconds since 1970-01-01 UTC. Its twin in SQL is `portal.audit_canonical`.
 */
export function canonicalBytes(row: AuditRow, term: number): Buffer {
  const fields = [
    canonicalVersion,
    row.auditId,
    String(BigInt(row.timestamp.getTime()) * 1000n),
    row.agentId,
    row.action,
    row.resourceType,
    row.resourceId,
    row.patientId,
    row.ipAddress,
    row.userAgent,
    row.sessionId,
    row.region,
    String(row.statusCode),
    row.details,
    row.requestId,
    row.origin,
    String(term),
  ];
  return Buffer.concat(fields.map(encodeField));
}

function encodeField(value: string | null): Buffer {
  if (value === null) return Buffer.from([0xff, 0xff, 0xff, 0xff]);
  const text = Buffer.from(value, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

/** SHA-256 of the canonical bytes, lower-case hex. */
export function canonicalHash(row: AuditRow, term: number): string {
  return createHash("sha256").update(canonicalBytes(row, term)).digest("hex");
}
