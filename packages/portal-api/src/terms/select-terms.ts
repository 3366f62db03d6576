import type { Site, Term } from "@careline/portal-contract";
import type { Tx } from "../database/index.ts";

interface TermRow {
  readonly term: string;
  readonly site: Site;
  readonly start_lsn: string;
  readonly began_at: Date;
}

/** Each term with the LSN at which it began, oldest first. */
export async function selectTerms(sql: Tx): Promise<Term[]> {
  const rows = await sql<TermRow[]>`
    select term, site, start_lsn::text as start_lsn, began_at from continuity.terms order by term`;
  return rows.map((row) => ({
    term: Number(row.term),
    site: row.site,
    startLsn: row.start_lsn,
    beganAt: row.began_at.toISOString(),
  }));
}
