import type { Tx } from "../database/index.ts";

/** Only what this needs of the portal's background writes. */
interface Writes {
  read<T>(run: (tx: Tx) => Promise<T>, signal: AbortSignal): Promise<T>;
  write<T>(
    work: { readonly action: string; readonly durability: "local" },
    run: (ctx: { readonly tx: Tx; readonly now: Date }) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

interface Mark {
  readonly below: string;
  readonly term: string;
  readonly position: string;
  readonly is_confirmed: boolean;
}

/**
 * Notes up to which transaction the standby has everything, which `audit_log_replication` derives HCC-DB-10's two columns from. Every
 * transaction below the oldest running one has ended, so its commit lies before the log's current end; once the standby has flushed
 * that end, it has them all. No mark is written while nothing moved.
 */
export async function recordReplicationMark(writes: Writes, signal: AbortSignal): Promise<void> {
  const seen = await writes.read(selectEnd, signal);
  if (seen === undefined) return;
  const isConfirmed = await writes.read((tx) => selectConfirmed(tx, seen.position), signal);
  if (!isConfirmed) return;
  await writes.write(
    { action: "audit_replication_mark", durability: "local" },
    async ({ tx, now }) => {
      await tx`insert into portal.audit_replication_marks (below_transaction, term, position, confirmed_at)
               values (${seen.below}::xid8, ${seen.term}, ${seen.position}::pg_lsn, ${now}) on conflict do nothing`;
    },
    signal,
  );
}

/** The end of the log and the oldest running transaction; undefined when no audit row came since the newest mark. */
async function selectEnd(tx: Tx): Promise<Omit<Mark, "is_confirmed"> | undefined> {
  const [end] = await tx<Omit<Mark, "is_confirmed">[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as below, pg_current_wal_flush_lsn()::text as position,
           (select max(term) from continuity.terms)::text as term
     where exists (select 1 from portal.audit_log
                    where transaction_id >= coalesce((select max(below_transaction) from portal.audit_replication_marks), '0'::xid8)
                      and action <> 'audit_replication_mark')`;
  return end;
}

async function selectConfirmed(tx: Tx, position: string): Promise<boolean> {
  const [row] = await tx<{ is_confirmed: boolean | null }[]>`
    select continuity.confirmed_lsn() >= ${position}::pg_lsn as is_confirmed`;
  return row?.is_confirmed === true;
}
