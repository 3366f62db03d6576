import type { LocalPostgres, LocalReplication } from "../observe/index.ts";
import { lsnAt, newestTerm } from "./data-directory.ts";
import type { Postgres } from "./postgres.ts";

/** What a controller keeps in mind about its region's database between turns; forgotten when it dies. */
export interface LocalMemory {
  /** A canary that was seen to wait, and for whom. */
  canary: { readonly position: number; readonly sender: object } | null;
  restarts: number;
}

const restartsMax = 2;

/** What a look at the data directory and at PostgreSQL shows. `rate`: the looking process's clock per true millisecond. */
export function lookAtPostgres(
  postgres: Postgres,
  memory: LocalMemory,
  rate: number,
): LocalPostgres {
  const { directory, notes } = postgres;
  return {
    directory: postgres.damage ?? (directory.hasStandbySignal ? "standby" : "primary"),
    dataId: directory.dataId,
    timeline: directory.timeline,
    newestTerm: newestTerm(directory),
    endLsn: lsnAt(postgres.position),
    receiver: postgres.isStandby ? lookAtReceiver(postgres, rate) : null,
    replication: postgres.isPrimary ? lookAtReplication(postgres, memory, rate) : null,
    isSyncEnforced: directory.syncNames !== "",
    restartsLeft: Math.max(0, restartsMax - memory.restarts),
    isQuarantined: notes.quarantinedDataId === directory.dataId,
    isReported: notes.reportedDataId === directory.dataId,
    freeBytes: postgres.isDiskFull ? 0 : 1e12,
    sizeBytes: 1e9,
    isUpstreamReady: postgres.hasSlot && directory.controlTimeline === directory.timeline,
  };
}

function lookAtReceiver(postgres: Postgres, rate: number): LocalPostgres["receiver"] {
  const isStreaming = postgres.receiver?.sender !== undefined;
  const since = postgres.heardPrimaryAt ?? postgres.startedAt;
  return { isStreaming, silentMs: isStreaming ? 0 : (postgres.queue.now - since) * rate };
}

function lookAtReplication(
  postgres: Postgres,
  memory: LocalMemory,
  rate: number,
): LocalReplication {
  const { sender } = postgres;
  const canary = memory.canary !== null && memory.canary.sender === sender ? memory.canary : null;
  return {
    isActive: sender !== undefined,
    sinceMs: (postgres.queue.now - postgres.slotChangedAt) * rate,
    standbyDataId: sender?.standbyDataId ?? null,
    confirmedLsn: postgres.lastConfirmed === 0 ? null : lsnAt(postgres.lastConfirmed),
    unconfirmedForMs: postgres.unconfirmedForMs() * rate,
    lagBytes: (postgres.position - postgres.lastConfirmed) * 0x80,
    canaryLsn:
      canary === null || postgres.directory.syncNames === "" ? null : lsnAt(canary.position),
  };
}
