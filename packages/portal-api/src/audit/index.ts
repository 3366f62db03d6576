export type { AuditEntry } from "./audit-entry.ts";
