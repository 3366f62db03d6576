import { type Lsn, reaches } from "../lsn.ts";
import type { LocalPostgres, LocalReplication, Observation } from "../observe/index.ts";
import { type Ancestry, ancestryOf } from "../observe/index.ts";
import type { HistoryRecord, SyncRecord } from "../store/index.ts";
import type { Policy } from "./policy.ts";

/** The safety sentences of "Deciding" and "Durability", one function each; the simulator breaks them one at a time. */
export interface DecideRules {
  /** "With automation switched off, nothing destructive happens by itself." */
  mayActByItself(o: Observation): boolean;
  /** "Recorded in quorum as safe to promote, or within the plan's RPO bound; unknown state means no." */
  promotable(o: Observation, policy: Policy): "safe" | "within-rpo" | "no";
  /** "Vetoes the take-over for at most 5 s", by a sight made after the lapse. */
  isVetoed(o: Observation, policy: Policy): boolean;
  /** "Cooldowns count completed runs only." */
  isCooling(o: Observation, policy: Policy): boolean;
  /** Anti-flap: a fault that comes back after each move is not healed by moving again. */
  isFlapping(o: Observation, policy: Policy): boolean;
  ancestry(local: LocalPostgres, history: readonly HistoryRecord[], term: number): Ancestry;
  /** "Weaken: record async with geoFloor … only then relax PostgreSQL." */
  mayRelax(o: Observation, sync: SyncRecord, revision: number): boolean;
  mustWeaken(o: Observation, sync: SyncRecord, policy: Policy): boolean;
  /** "Revoke geo at all portals" comes after the record, before PostgreSQL relaxes. */
  geoFloor(previous: Lsn | null, replication: LocalReplication | null): Lsn | null;
  /** "Strengthen: … the standby has flushed it; record." */
  mayRecordSafe(replication: LocalReplication): boolean;
  mayAnnounce(o: Observation, sync: SyncRecord): boolean;
  mustSuspend(o: Observation, policy: Policy): boolean;
}

function promotable(o: Observation, policy: Policy): "safe" | "within-rpo" | "no" {
  const sync = o.quorum.view?.sync.record ?? null;
  const local = o.postgres;
  if (sync === null || local === null || local.dataId === null) return "no";
  if (sync.standbyDataId !== local.dataId || sync.timeline !== local.timeline) return "no";
  if (sync.term !== o.quorum.view?.term.record?.term) return "no";
  if (sync.geoFloor !== null && (local.endLsn === null || !reaches(local.endLsn, sync.geoFloor)))
    return "no";
  if (sync.safeToPromote) return "safe";
  if (o.estimatedLossMs === null) return "no";
  return o.estimatedLossMs <= policy.rpoMs ? "within-rpo" : "no";
}

function isVetoed(o: Observation, policy: Policy): boolean {
  const lapsedFor = o.lapsedForMs;
  if (lapsedFor === null || lapsedFor >= policy.vetoMs) return false;
  return o.sightings.some((sight) => sight.by !== o.self && sight.ageMs < lapsedFor);
}

/**
 * A standby that is not connected, or is other data than recorded, is lost; the record says so only after a while, counted from its
 * last confirmation: that its connection was seen to end (wal_sender_timeout, 2 s later) does not begin the while anew.
 */
function mustWeaken(o: Observation, sync: SyncRecord, policy: Policy): boolean {
  const replication = o.postgres?.replication ?? null;
  if (replication === null) return false;
  if (replication.isActive) {
    const isOther =
      replication.standbyDataId !== null && replication.standbyDataId !== sync.standbyDataId;
    return isOther || replication.unconfirmedForMs >= policy.weakenAfterMs;
  }
  return Math.max(replication.sinceMs, replication.unconfirmedForMs) >= policy.weakenAfterMs;
}

function laterOf(one: Lsn | null, other: Lsn | null): Lsn | null {
  if (one === null) return other;
  if (other === null) return one;
  return reaches(one, other) ? one : other;
}

/** The rules as designed. Nothing but the simulator's test build ever passes others. */
export const decideRules: DecideRules = {
  mayActByItself: (o) => o.quorum.automation?.record?.enabled ?? true,
  promotable,
  isVetoed,
  isCooling: (o, policy) =>
    o.quorum.lastFailoverAgeMs !== null && o.quorum.lastFailoverAgeMs < policy.cooldownMs,
  isFlapping: (o, policy) => o.quorum.failoversLastHour >= policy.failoversPerHourMax,
  ancestry: ancestryOf,
  mayRelax: (o, sync, revision) => sync.mode === "async" && o.geoRevokedAtRevision === revision,
  mustWeaken,
  geoFloor: (previous, replication) => laterOf(previous, replication?.confirmedLsn ?? null),
  mayRecordSafe: (replication) =>
    replication.canaryLsn !== null &&
    replication.confirmedLsn !== null &&
    reaches(replication.confirmedLsn, replication.canaryLsn),
  mayAnnounce: (o, sync) =>
    sync.mode === "sync" && sync.safeToPromote && o.postgres?.isSyncEnforced === true,
  mustSuspend(o, policy) {
    const replication = o.postgres?.replication ?? null;
    if (o.quorum.isAnswering || replication === null) return false;
    return replication.unconfirmedForMs > policy.rpoMs;
  },
};
