import type { RunRecord } from "./run-record.ts";

/** Only a failover that completed starts a cooldown: one that died half-way must not block its successor (trap 6). */
export function startsCooldown(run: RunRecord): boolean {
  return run.kind === "failover" && run.state.kind === "completed";
}

/** Counts against the plan's limit of automatic failovers; one that a person ordered does not. */
export function countsAsFlap(run: RunRecord): boolean {
  return startsCooldown(run) && run.orderedBy === null;
}

/** Why nothing of a run may be applied any more under this store and term, or null. */
export function whySuperseded(
  run: RunRecord,
  store: { readonly id: string },
  term: { readonly term: number; readonly run: string | null },
): string | null {
  if (run.storeId !== store.id) return "the quorum store is another one now";
  if (term.term > run.endsInTerm) return `term ${term.term} began after it`;
  const isTakenByOther = term.term > run.term && term.run !== run.id;
  return isTakenByOther ? `term ${term.term} was begun by another run` : null;
}
