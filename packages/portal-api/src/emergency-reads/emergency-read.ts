import { headerNames } from "@careline/portal-contract";
import { auditRows } from "../audit/index.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import {
  actorOf,
  encodeAnswer,
  type Finish,
  findCaller,
  type Incoming,
  type KnownSession,
  outgoing,
  parseInput,
  refuseUnauthorised,
  requestContext,
  type ServingDeps,
  settingsOf,
  UnitOfWork,
} from "../serving/index.ts";
import { dataAgeMs } from "./data-age.ts";
import type { AuditSpool } from "./spool.ts";

export interface EmergencyDeps extends ServingDeps {
  readonly spool: AuditSpool;
  /** Milliseconds since this process last held a permit; null never. */
  readonly lostPermitAgoMs: () => number | null;
}

/**
 * One read from the local copy while no region is writable (continuity.md, "Fencing, three layers", 1): session and rows from the local
 * PostgreSQL in a read-only transaction, the audit rows on local disk before anything is shown, the answer labelled with its age.
 * Errors: NOT_PRIMARY, READ_UNAVAILABLE, NOT_DURING_EMERGENCY, and those of a normal read.
 */
export async function serveEmergencyRead(incoming: Incoming, deps: EmergencyDeps): Promise<Finish> {
  const { route, handler } = incoming;
  if (route.emergency === false) {
    throw new PortalError("NOT_DURING_EMERGENCY", "no permit is held", {
      reason: deps.permit.reason,
    });
  }
  const known = await findCaller(incoming, deps.sessions, deps.publicOrigins, true);
  if (known !== null) refuseUnauthorised(route, known);
  const input = parseInput(route, incoming);
  const session = known?.session ?? null;
  const unit = new UnitOfWork({ ...actorOf(incoming, session), origin: "emergency" });
  const settings = settingsOf(incoming, session, deps, { term: null, synchronousCommit: "local" });
  const read = await deps.database.withTransaction(
    settings,
    async ({ tx }) => {
      const ageMs = route.access.kind === "public" ? null : await localAgeMs(tx, deps);
      const emergency = { dataAgeMs: ageMs ?? 0 };
      const ctx = requestContext(incoming, known, tx, unit, deps, emergency);
      return { ageMs, answer: encodeAnswer(route, await handler.run(ctx, input, undefined)) };
    },
    incoming.signal,
  );
  await spoolAudit(incoming, known, unit, read.answer.status, deps);
  const age: Record<string, string> =
    read.ageMs === null ? {} : { [headerNames.dataAge]: (read.ageMs / 1_000).toFixed(1) };
  return () => outgoing(read.answer, { "cache-control": "no-store", ...age });
}

interface CopyRow {
  readonly is_standby: boolean;
  readonly is_receiving: boolean;
  readonly replayed_ago_ms: number | null;
}

/** The view of the WAL receiver shows an unprivileged role its process id and nothing else: enough to know that it runs. */
async function localAgeMs(tx: Tx, deps: EmergencyDeps): Promise<number> {
  const [row] = await tx<CopyRow[]>`
    select pg_is_in_recovery() as is_standby,
           exists (select 1 from pg_stat_wal_receiver) as is_receiving,
           (extract(epoch from now() - coalesce(pg_last_xact_replay_timestamp(),
             (select checkpoint_time from pg_control_checkpoint()))) * 1000)::float8 as replayed_ago_ms`;
  if (row === undefined)
    throw new PortalError("READ_UNAVAILABLE", "the copy says nothing about itself");
  const copy = {
    isStandby: row.is_standby,
    isReceiving: row.is_receiving,
    replayedAgoMs: row.replayed_ago_ms,
  };
  return dataAgeMs(copy, deps.lostPermitAgoMs());
}

async function spoolAudit(
  incoming: Incoming,
  known: KnownSession | null,
  unit: UnitOfWork,
  statusCode: number,
  deps: EmergencyDeps,
): Promise<void> {
  const { route } = incoming;
  if (route.audit === null && unit.entries.length === 0) return;
  const facts = {
    ...unit.actor,
    now: incoming.now,
    site: deps.site,
    requestId: incoming.requestId,
    statusCode,
  };
  const rows = auditRows(route.audit ?? incoming.operation, unit.entries, facts, deps.random);
  if (known === null && rows.length === 0) return;
  await deps.spool.append(rows);
}
