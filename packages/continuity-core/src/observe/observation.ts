import type { KeeperStatus } from "../keeper/index.ts";
import type { Lsn } from "../lsn.ts";
import type { RunRecord } from "../runs/index.ts";
import type {
  AutomationRecord,
  HistoryRecord,
  QuorumView,
  Site,
  SiteRecord,
  Versioned,
} from "../store/index.ts";

/** What is in this site's data directory, running or not. */
export interface LocalPostgres {
  readonly directory: "empty" | "standby" | "primary" | "damaged";
  /** Made anew by initdb, clone and rewind; kept beside the data, never copied with it. */
  readonly dataId: string | null;
  readonly timeline: number | null;
  /** The term of this directory's newest row in continuity.terms (0 before the first), as last read or noted beside the data; null: unknown. */
  readonly newestTerm: number | null;
  /** The end of its log: written (primary), flushed (standby), or as found on disk when down; null: unknown. */
  readonly endLsn: Lsn | null;
  /** As a standby: whether it receives from the primary now, and for how long it has not. */
  readonly receiver: { readonly isStreaming: boolean; readonly silentMs: number } | null;
  /** As a primary: the standby behind the active replication slot, joined by process id. */
  readonly replication: LocalReplication | null;
  /** synchronous_standby_names as in force. */
  readonly isSyncEnforced: boolean;
  /** Restarts in place that are left in the budget. */
  readonly restartsLeft: number;
  /**
   * A whole copy of this very directory lies quarantined, and its diverged rows are reported. Noted beside the data under its data
   * id, so a rewound or cloned directory starts with neither; both are cleared when the directory is started as a primary.
   */
  readonly isQuarantined: boolean;
  readonly isReported: boolean;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** As a primary: the control file shows the current timeline (CHECKPOINT done) and the other region's slot exists. */
  readonly isUpstreamReady: boolean;
}

export interface LocalReplication {
  readonly isActive: boolean;
  /** How long it has been so. */
  readonly sinceMs: number;
  readonly standbyDataId: string | null;
  /** Flushed by the standby, as last heard. */
  readonly confirmedLsn: Lsn | null;
  /** How old the newest commit that the standby lacks is; 0 when it lacks none. */
  readonly unconfirmedForMs: number;
  readonly lagBytes: number;
  /**
   * Strengthening: a canary commit was seen to wait for this standby since synchronous replication was enforced; its LSN is
   * the one read after it.
   */
  readonly canaryLsn: Lsn | null;
}

export interface LocalRedis {
  readonly role: "primary" | "replica" | "down";
  readonly offset: number | null;
  readonly isLinked: boolean;
}

export interface SiteSeen {
  readonly record: SiteRecord;
  /** Since the record last changed, by this controller's clock. */
  readonly ageMs: number;
}

export interface OpenRun {
  readonly run: RunRecord;
  readonly revision: number;
  /** Since this controller first saw the current step in its current attempt. */
  readonly stepForMs: number;
}

/** What the quorum store said. `ageMs`: since the newest answer arrived. */
export interface QuorumSeen {
  readonly isAnswering: boolean;
  readonly ageMs: number;
  readonly view: QuorumView | null;
  readonly automation: Versioned<AutomationRecord> | null;
  readonly openRuns: readonly OpenRun[];
  /** The term names a run and the journal, as just read, has no such run. */
  readonly termRunMissing: boolean;
  /** Newest ended terms, newest first; at least those after the local directory's newest term. */
  readonly history: readonly HistoryRecord[];
  readonly sites: Readonly<Partial<Record<Site, SiteSeen>>>;
  /** Since this controller saw the newest failover *complete*; null when it saw none. */
  readonly lastFailoverAgeMs: number | null;
  /** Failovers that the controllers decided themselves and that completed within the last hour. */
  readonly failoversLastHour: number;
  /** Since this controller first saw the lease released; null while it is held. */
  readonly releasedForMs: number | null;
}

/** Everything that one controller has in hand, as plain data; durations by its own monotonic clock. */
export interface Observation {
  readonly self: Site;
  readonly controllerBootId: string;
  readonly quorum: QuorumSeen;
  /** Of this site's keeper; null in the witness, and while it does not answer. */
  readonly keeper: KeeperStatus | null;
  readonly postgres: LocalPostgres | null;
  readonly redis: LocalRedis | null;
  /** Since both sources of the primary lapsed, as the own keeper sees them; null while they live. */
  readonly lapsedForMs: number | null;
  /** Sites that saw the primary serve, with the age of that sight. */
  readonly sightings: readonly { readonly by: Site; readonly ageMs: number }[];
  /** Bound of what would be lost if this standby were promoted now; null: unknown. */
  readonly estimatedLossMs: number | null;
  /** The revision of `sync` for which the own keeper confirmed that no portal says `geo`; null: not in this controller's life. */
  readonly geoRevokedAtRevision: number | null;
  /** The primary's PostgreSQL answered this site within the last few seconds. */
  readonly canReachPrimary: boolean;
  /** A local action (rewind, clone, copy) that is still going on. */
  readonly busyWith: string | null;
  /** Fresh ids for what this decision may start, so that deciding needs no randomness; wall time for records. */
  readonly fresh: { readonly id: string; readonly at: string };
}
