import { type Random, uuidV7 } from "@careline/platform";
import type { Site } from "@careline/portal-contract";
import type { Tx } from "../database/index.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditRow } from "./canonical.ts";

/** What all rows of one request share. */
export interface AuditFacts {
  readonly now: Date;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly origin: AuditRow["origin"];
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly site: Site;
  readonly requestId: string;
  readonly statusCode: number;
}

/**
 * The rows of one request: one per entry, or one with the action alone when the handler named nothing.
 * Texts are cut to the widths of their columns; control characters of the user agent are replaced.
 */
export function auditRows(
  action: string,
  entries: readonly AuditEntry[],
  facts: AuditFacts,
  random: Random,
): readonly AuditRow[] {
  const named = entries.length > 0 ? entries : [{ resourceType: "portal", resourceId: null }];
  return named.map((entry) => ({
    auditId: uuidV7(facts.now.getTime(), random),
    timestamp: facts.now,
    agentId: facts.agentId,
    action: (entry.action ?? action).slice(0, 100),
    resourceType: entry.resourceType.slice(0, 50),
    resourceId: entry.resourceId?.slice(0, 255) ?? null,
    patientId: entry.patientId ?? null,
    ipAddress: facts.ipAddress?.slice(0, 50) ?? null,
    userAgent: facts.userAgent?.replaceAll(/\p{Cc}/gu, " ").slice(0, 500) ?? null,
    sessionId: facts.sessionId,
    region: facts.site,
    statusCode: facts.statusCode,
    details: JSON.stringify(entry.details ?? {}),
    requestId: facts.requestId,
    origin: facts.origin,
  }));
}

/** Sends the insert of one row without waiting; the transaction's settings name the term. */
export function insertAuditRow(tx: Tx, row: AuditRow): PromiseLike<unknown> {
  return tx`
    insert into portal.audit_log (audit_id, "timestamp", agent_id, action, resource_type, resource_id, patient_id, ip_address,
           user_agent, session_id, region, status_code, details, request_id, origin)
    values (${row.auditId}, ${row.timestamp}, ${row.agentId}, ${row.action}, ${row.resourceType}, ${row.resourceId},
           ${row.patientId}, ${row.ipAddress}, ${row.userAgent}, ${row.sessionId}, ${row.region}, ${row.statusCode},
           ${row.details}, ${row.requestId}, ${row.origin})`.execute();
}
