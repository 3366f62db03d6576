import type { LocalPostgres, LocalReplication, Observation } from "../observe/index.ts";
import type { SyncRecord, Versioned } from "../store/index.ts";
import { type Decision, hold } from "./decision.ts";
import type { Policy } from "./policy.ts";
import type { DecideRules } from "./rules.ts";

/** What a serving primary does about its standby (continuity.md, "Durability"). The quorum answers. */
export function decideDurability(o: Observation, policy: Policy, rules: DecideRules): Decision {
  const local = o.postgres;
  const sync = o.quorum.view?.sync;
  const term = o.quorum.view?.term.record;
  if (!local || !sync?.record || !term) return hold("serving-unprotected");
  const { record } = sync;
  if (record.mode === "sync") {
    if (rules.mustWeaken(o, record, policy))
      return { kind: "record-async", sync: weakened(o, record, local, rules) };
    return protect(o, local, { ...sync, record }, rules);
  }
  const standby = local.replication;
  if (standby === null || !standby.isActive)
    return weaken(o, local, { ...sync, record }, policy, rules);
  return strengthen(o, local, standby, { ...sync, record }, policy, rules);
}

type SyncSeen = Versioned<SyncRecord> & { readonly record: SyncRecord };

/** First step of weakening: the record. `geoFloor` is what the lost standby had confirmed. */
function weakened(
  o: Observation,
  record: SyncRecord,
  local: LocalPostgres,
  rules: DecideRules,
): SyncRecord {
  return {
    ...record,
    mode: "async",
    safeToPromote: false,
    geoFloor: rules.geoFloor(record.geoFloor, local.replication),
    unprotectedSince: record.unprotectedSince ?? o.fresh.at,
  };
}

/** Recorded as synchronous: PostgreSQL must enforce it, and portals must know the generation. */
function protect(
  o: Observation,
  local: LocalPostgres,
  sync: SyncSeen,
  rules: DecideRules,
): Decision {
  if (!local.isSyncEnforced) return { kind: "enforce-sync" };
  const isAnnounced = o.keeper?.geo.on === true && o.keeper.geo.generation === sync.revision;
  if (!isAnnounced && rules.mayAnnounce(o, sync.record))
    return { kind: "announce-geo", generation: sync.revision };
  const isLost = local.replication?.isActive !== true;
  return isLost ? hold("standby-lost-waiting", true) : hold("serving-protected");
}

/** Recorded as asynchronous, no standby: revoke, then relax, then wait. */
function weaken(
  o: Observation,
  local: LocalPostgres,
  sync: SyncSeen,
  policy: Policy,
  rules: DecideRules,
): Decision {
  if (!local.isSyncEnforced) return hold("serving-unprotected", isLongGone(local, policy));
  if (rules.mayRelax(o, sync.record, sync.revision)) return { kind: "relax-sync" };
  return { kind: "revoke-geo" };
}

const isLongGone = (local: LocalPostgres, policy: Policy): boolean =>
  (local.replication?.sinceMs ?? Number.POSITIVE_INFINITY) >= policy.weakenAfterMs;

/** Recorded as asynchronous, a standby streams: enforce, canary, record, announce. */
function strengthen(
  o: Observation,
  local: LocalPostgres,
  standby: LocalReplication,
  sync: SyncSeen,
  policy: Policy,
  rules: DecideRules,
): Decision {
  const isKnown = standby.standbyDataId !== null;
  if (!isKnown) return hold("standby-catching-up");
  const isRecorded =
    standby.standbyDataId === sync.record.standbyDataId && local.timeline === sync.record.timeline;
  if (!isRecorded)
    return { kind: "record-standby", sync: withStandby(sync.record, local, standby) };
  if (local.isSyncEnforced && standby.unconfirmedForMs >= policy.weakenAfterMs)
    return weaken(o, local, sync, policy, rules);
  const isSteady =
    standby.sinceMs >= policy.strengthenAfterMs &&
    standby.lagBytes <= policy.strengthenLagBytesMax &&
    standby.unconfirmedForMs < policy.strengthenAfterMs;
  if (!isSteady && !local.isSyncEnforced) return hold("standby-catching-up");
  if (!local.isSyncEnforced) return { kind: "enforce-sync" };
  if (standby.canaryLsn === null) return { kind: "commit-canary" };
  if (!rules.mayRecordSafe(standby)) return hold("standby-catching-up");
  return { kind: "record-sync", sync: strengthened(sync.record, standby) };
}

/**
 * Not yet safe, but known: an operator may force it, and a failover within the RPO bound may use it. Portals say no `geo` now, so
 * everything ever called `geo` lies below the end of this primary's log: that is the floor for a standby that is new to the term.
 */
function withStandby(
  record: SyncRecord,
  local: LocalPostgres,
  standby: LocalReplication,
): SyncRecord {
  return {
    ...record,
    standbyDataId: standby.standbyDataId,
    timeline: local.timeline,
    safeToPromote: false,
    geoFloor: local.endLsn,
  };
}

/**
 * The floor rises to the canary: everything called `geo` from now on is confirmed by this standby, whose data and timeline the record
 * names already.
 */
function strengthened(record: SyncRecord, standby: LocalReplication): SyncRecord {
  return {
    ...record,
    mode: "sync",
    safeToPromote: true,
    geoFloor: standby.canaryLsn,
    unprotectedSince: null,
  };
}
