import { createHash } from "node:crypto";
import type postgres from "postgres";
import { ContinuityError } from "../errors.ts";
import { digestOf, type MergeRow } from "./copied-rows.ts";

/** Who merges what: everything that the audit trail keeps of it, besides keys and digests. */
export interface MergeOrder {
  /** Name of the copy, and what the person confirmed: together they name this merge. */
  readonly copy: string;
  readonly confirmation: string;
  /** An operator's name. */
  readonly by: string;
  readonly term: number;
  readonly region: "east" | "west";
  readonly at: string;
}

export interface MergeCounts {
  readonly inserted: number;
  readonly replaced: number;
}

/** The merge's id, made from what it is, so that a repeat finds the first: a UUID of version 8 (RFC 9562). */
export function mergeIdOf(order: Pick<MergeOrder, "copy" | "confirmation">): string {
  const text = `careline-salvage-merge/1 ${order.copy} ${order.confirmation}`;
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Counts of the same merge if it was committed before. Errors: MERGE_REFUSED where the primary keeps no audit trail. */
export async function isMerged(
  tx: postgres.TransactionSql,
  order: MergeOrder,
): Promise<MergeCounts | null> {
  const [trail] = await tx<{ known: boolean }[]>`
    select to_regclass('portal.audit_log') is not null as known`;
  if (trail?.known !== true) {
    throw new ContinuityError("MERGE_REFUSED", "the primary has no audit trail to write it into");
  }
  const [row] = await tx<{ details: MergeCounts }[]>`
    select details::jsonb as details from portal.audit_log where audit_id = ${mergeIdOf(order)}::uuid`;
  if (row === undefined) return null;
  return { inserted: row.details.inserted, replaced: row.details.replaced };
}

/** One row for the merge and one for each row merged, in its transaction: who, when, which ids, digests; never content. */
export async function insertMergeAudit(
  tx: postgres.TransactionSql,
  order: MergeOrder,
  rows: readonly MergeRow[],
  counts: MergeCounts,
  newId: () => string,
): Promise<void> {
  const { by, copy, region, at } = order;
  const mergeId = mergeIdOf(order);
  const each = rows.map((row) => ({
    audit: newId(),
    action: row.state === "absent" ? "salvage_row_inserted" : "salvage_row_replaced",
    type: row.table.slice(row.table.indexOf(".") + 1).slice(0, 50),
    id: Object.values(row.key).join(",").slice(0, 255),
    patient: patientOf(row),
    details: JSON.stringify({
      by,
      copy,
      table: row.table,
      digest: digestOf(row.row),
      replacedDigest: row.primaryDigest,
    }),
  }));
  const summary = JSON.stringify({ by, copy, confirmation: order.confirmation, ...counts });
  await tx`
    insert into portal.audit_log (audit_id, "timestamp", action, resource_type, resource_id, patient_id, region, status_code,
           details, request_id, origin)
    values (${mergeId}::uuid, ${at}, 'salvage_merge', 'quarantined_copy', ${copy}, null, ${region}, 200, ${summary},
            ${mergeId}::uuid, 'system')`;
  await tx`
    insert into portal.audit_log (audit_id, "timestamp", action, resource_type, resource_id, patient_id, region, status_code,
           details, request_id, origin)
    select r.audit, ${at}, r.action, r.type, r.id, r.patient::uuid, ${region}, 200, r.details, ${mergeId}::uuid, 'system'
      from jsonb_to_recordset(${JSON.stringify(each)}::text::jsonb)
        as r (audit uuid, action text, type text, id text, patient text, details text)`;
}

/** The trail is searched by patient: the id, where the row has one. */
function patientOf({ row }: MergeRow): string | null {
  const { patient_id } = JSON.parse(row) as { patient_id?: unknown };
  return typeof patient_id === "string" ? patient_id : null;
}
