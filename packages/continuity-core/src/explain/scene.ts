import type { KeeperStatus } from "../keeper/index.ts";
import type { LocalPostgres, LocalReplication, Observation, QuorumSeen } from "../observe/index.ts";
import type { LeaseRecord, QuorumView, SyncRecord, TermRecord } from "../store/index.ts";

/** Observations by name: the ordinary ones, to be changed one fact at a time by the decision table and by tests. */

export const someTime = "2026-01-01T00:00:00.000Z";
const storeId = "00000000-0000-4000-8000-000000000001";

export function aTerm(changes: Partial<TermRecord> = {}): TermRecord {
  return {
    term: 3,
    primary: "east",
    cause: "failover",
    run: null,
    claim: "claim",
    evidence: [],
    timeline: 2,
    startLsn: "0/5000",
    startedAt: someTime,
    ...changes,
  };
}

export function aLease(changes: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    kind: "held",
    site: "east",
    term: 3,
    bootId: "keeper-east",
    counter: 7,
    validityMs: 1_250,
    finalLsn: null,
    ...changes,
  };
}

export function aSync(changes: Partial<SyncRecord> = {}): SyncRecord {
  return {
    term: 3,
    mode: "sync",
    standbyDataId: "data-west",
    timeline: 3,
    safeToPromote: true,
    geoFloor: "0/6000",
    unprotectedSince: null,
    ...changes,
  };
}

export interface ViewParts {
  readonly term?: Partial<TermRecord>;
  readonly lease?: Partial<LeaseRecord>;
  readonly sync?: Partial<SyncRecord>;
}

/** East is the primary of term 3; west is its recorded standby. */
export function aView(parts: ViewParts = {}): QuorumView {
  return {
    store: { record: { id: storeId, generation: 1 }, revision: 1 },
    term: { record: aTerm(parts.term), revision: 30 },
    lease: { record: aLease(parts.lease), revision: 40 },
    sync: { record: aSync(parts.sync), revision: 35 },
    keepers: {
      east: { record: { bootId: "keeper-east", claimedAt: someTime }, revision: 2 },
      west: { record: { bootId: "keeper-west", claimedAt: someTime }, revision: 3 },
    },
  };
}

export function aKeeper(changes: Partial<KeeperStatus> = {}): KeeperStatus {
  return {
    phase: "serving",
    reason: "serving",
    bootId: "keeper-east",
    term: 3,
    primary: "east",
    postgres: "primary",
    permitRemainingMs: 1_100,
    leaseRemainingMs: 1_100,
    promiseRemainingMs: 1_000,
    lapsesInMs: null,
    geo: { on: true, generation: 35 },
    portals: 1,
    isSuspended: false,
    acceptUnprotected: true,
    ...changes,
  };
}

export function aReplication(changes: Partial<LocalReplication> = {}): LocalReplication {
  return {
    isActive: true,
    sinceMs: 60_000,
    standbyDataId: "data-west",
    confirmedLsn: "0/7000",
    unconfirmedForMs: 0,
    lagBytes: 0,
    canaryLsn: null,
    ...changes,
  };
}

export function aDatabase(changes: Partial<LocalPostgres> = {}): LocalPostgres {
  return {
    directory: "primary",
    dataId: "data-east",
    timeline: 3,
    newestTerm: 3,
    endLsn: "0/7000",
    receiver: null,
    replication: aReplication(),
    isSyncEnforced: true,
    restartsLeft: 2,
    isQuarantined: false,
    isReported: false,
    freeBytes: 10e9,
    sizeBytes: 1e9,
    isUpstreamReady: true,
    ...changes,
  };
}

export function aQuorum(changes: Partial<QuorumSeen> = {}): QuorumSeen {
  return {
    isAnswering: true,
    ageMs: 20,
    view: aView(),
    automation: null,
    openRuns: [],
    termRunMissing: false,
    history: [],
    sites: {},
    lastFailoverAgeMs: null,
    failoversLastHour: 0,
    releasedForMs: null,
    ...changes,
  };
}

/** The controller of east, serving, protected, nothing to do. */
export function aPrimarySeen(changes: Partial<Observation> = {}): Observation {
  return {
    self: "east",
    controllerBootId: "controller-east-1",
    quorum: aQuorum(),
    keeper: aKeeper(),
    postgres: aDatabase(),
    redis: { role: "primary", offset: 100, isLinked: false },
    lapsedForMs: null,
    sightings: [],
    estimatedLossMs: null,
    geoRevokedAtRevision: null,
    canReachPrimary: true,
    busyWith: null,
    fresh: { id: "fresh-1", at: someTime },
    ...changes,
  };
}

export function aFollower(changes: Partial<LocalPostgres> = {}): LocalPostgres {
  return aDatabase({
    directory: "standby",
    dataId: "data-west",
    replication: null,
    receiver: { isStreaming: true, silentMs: 0 },
    isSyncEnforced: false,
    isUpstreamReady: false,
    ...changes,
  });
}

export function aFollowingKeeper(changes: Partial<KeeperStatus> = {}): KeeperStatus {
  return aKeeper({
    phase: "standby",
    reason: "standby",
    bootId: "keeper-west",
    postgres: "standby",
    permitRemainingMs: 0,
    leaseRemainingMs: 0,
    promiseRemainingMs: 0,
    lapsesInMs: 900,
    geo: { on: false, generation: 0 },
    ...changes,
  });
}

/** The controller of west, following, nothing to do. */
export function aStandbySeen(changes: Partial<Observation> = {}): Observation {
  return aPrimarySeen({
    self: "west",
    controllerBootId: "controller-west-1",
    keeper: aFollowingKeeper(),
    postgres: aFollower(),
    redis: { role: "replica", offset: 100, isLinked: true },
    estimatedLossMs: 0,
    ...changes,
  });
}
