import { describeError, type Logger } from "@careline/platform";
import { insertAuditRow } from "../audit/index.ts";
import type { BackgroundWrites } from "../serving/index.ts";
import { type AuditSpool, readSpool, retireSpool, waitingSpools } from "./spool.ts";

/** Rows per transaction, so that an import never holds up the requests of a region that has just become writable. */
const batchRows = 500;

export interface ImportDeps {
  readonly background: BackgroundWrites;
  readonly log: Logger;
  readonly directory: string;
  /** The spool in use; it is rotated first, so that its rows come along. */
  readonly spool: AuditSpool;
}

/**
 * Brings the spools of earlier lives into the audit table; called when this region got a permit. Repeatable: a row that is there already
 * is left alone. A damaged spool is kept aside and said; nothing of it is imported silently. Answers the number of rows read.
 */
export async function importSpools(deps: ImportDeps, signal: AbortSignal): Promise<number> {
  let count = 0;
  await deps.spool.rotate();
  for (const name of await waitingSpools(deps.directory, deps.spool.name)) {
    try {
      const rows = await readSpool(deps.directory, name);
      for (let start = 0; start < rows.length; start += batchRows) {
        await importBatch(deps.background, name, rows.slice(start, start + batchRows), signal);
      }
      await retireSpool(deps.directory, name, "imported");
      count += rows.length;
      deps.log.info({ spool: name, rows: rows.length }, "audit spool imported");
    } catch (thrown) {
      signal.throwIfAborted();
      const isDamaged =
        thrown instanceof Error && "code" in thrown && thrown.code === "SPOOL_UNREADABLE";
      if (isDamaged) await retireSpool(deps.directory, name, "damaged");
      deps.log.error({ spool: name, error: describeError(thrown) }, "audit spool not imported");
      if (!isDamaged) return count;
    }
  }
  return count;
}

async function importBatch(
  background: BackgroundWrites,
  name: string,
  rows: Awaited<ReturnType<typeof readSpool>>,
  signal: AbortSignal,
): Promise<void> {
  await background.write(
    { action: "audit_spool_import", durability: "geo" },
    async (ctx) => {
      const known = await ctx.tx<{ audit_id: string }[]>`
        select audit_id from portal.audit_log where audit_id = any (${rows.map(({ auditId }) => auditId)}::uuid[])`;
      const present = new Set(known.map((row) => row.audit_id));
      const fresh = rows.filter(({ auditId }) => !present.has(auditId));
      await Promise.all(fresh.map((row) => insertAuditRow(ctx.tx, row)));
      ctx.audit({
        resourceType: "audit_spool",
        resourceId: name,
        details: { rows: fresh.length },
      });
    },
    signal,
  );
}
