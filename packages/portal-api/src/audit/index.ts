export type { AuditEntry } from "./audit-entry.ts";
export { type AuditFacts, auditRows, insertAuditRow } from "./audit-rows.ts";
export { type AuditRow, canonicalBytes, canonicalHash, canonicalVersion } from "./canonical.ts";
export { recordReplicationMark } from "./replication-mark.ts";
