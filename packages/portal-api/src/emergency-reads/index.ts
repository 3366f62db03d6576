export { type EmergencyDeps, serveEmergencyRead } from "./emergency-read.ts";
export { type ImportDeps, importSpools } from "./import-spools.ts";
export { AuditSpool } from "./spool.ts";
