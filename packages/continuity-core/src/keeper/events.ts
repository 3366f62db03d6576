import type { Lsn } from "../lsn.ts";
import type { LeaseRecord, QuorumView, Versioned } from "../store/index.ts";

/** `POST /v1/promise` (docs/reference/site-contracts.md). */
export interface PromiseQuestion {
  readonly question: number;
  readonly storeId: string;
  readonly term: number;
  readonly askerBootId: string;
}

export const promiseRefusals = [
  "no-quorum-read-yet",
  "another-store",
  "unknown-term",
  "stale-term",
  "released",
  "deciding",
  "not-standby",
  "halted",
] as const;
export type PromiseRefusal = (typeof promiseRefusals)[number];

export interface PromiseAnswer {
  readonly question: number;
  readonly term: number;
  readonly askerBootId: string;
  readonly promiserBootId: string;
  readonly granted: boolean;
  /** The promiser's P; absent when refused. */
  readonly validityMs?: number;
  readonly reason?: PromiseRefusal;
}

/** `POST /v1/permit`, asked by a portal process of this site. */
export interface PermitQuestion {
  readonly portal: string;
  readonly question: number;
  readonly seenChange: number;
}

/** What the standby's PostgreSQL has on disk. */
export interface StandbyPosition {
  readonly dataId: string;
  readonly timeline: number;
  readonly flushedLsn: Lsn;
}

/** Why a take-over is wanted, decided by the controller; the keeper adds the rules of time. */
export interface TakeOverOrder {
  /** Identifies the decision in the term record; a repeat of the order has the same. */
  readonly claim: string;
  readonly run: string | null;
  readonly cause: "failover" | "forced" | "switchover" | "force-quorum";
  readonly evidence: readonly string[];
  /** Forced: skips evidence and the RPO bound, never time. */
  readonly force: boolean;
  /** The plan allows losing what the standby lacks within this bound, as the controller judged it; false: only a standby recorded as safe. */
  readonly withinRpo: boolean;
  /** A switchover must find all of this; null for a failover. */
  readonly mustReach: Lsn | null;
  /** Forced only, approved by two people who saw the figure: promote a standby that may lack `geo` writes. */
  readonly acceptGeoLoss: boolean;
  /** Wall time for the records, for people. */
  readonly at: string;
}

export type KeeperCommand =
  | { readonly kind: "start-standby" }
  /** Stop PostgreSQL of a standby, so that it can be rewound or cloned. */
  | { readonly kind: "stop-standby" }
  /** Renew a lease that names this site as primary of the current term, then start PostgreSQL. */
  | { readonly kind: "start-primary" }
  | { readonly kind: "take-over"; readonly order: TakeOverOrder }
  /** Portals refuse new writes; those in flight may still be acknowledged. */
  | { readonly kind: "drain" }
  /** Stop giving permits, have it confirmed, stop PostgreSQL, give the term up. */
  | { readonly kind: "release" }
  /** Go on after a cancelled switchover: stop draining, or take a released lease back. */
  | { readonly kind: "take-back" }
  /** The second step of weakening: portals stop calling writes `geo`. Answered when confirmed. */
  | { readonly kind: "revoke-geo" }
  /** The last step of strengthening. `generation` is the revision at which `sync` was recorded. */
  | { readonly kind: "announce-geo"; readonly generation: number }
  /** `local` writes stop because replication and quorum are both gone for longer than the RPO bound; undone by `false`. */
  | { readonly kind: "suspend-writes"; readonly suspended: boolean }
  | { readonly kind: "accept-unprotected"; readonly accept: boolean };

/** Everything that a keeper reacts to. `now` of the step is the keeper's own monotonic clock when it handles the event. */
export type KeeperEvent =
  | { readonly kind: "tick" }
  /** Read the quorum now, not at the next round: something there is known to have changed. */
  | { readonly kind: "refresh" }
  | { readonly kind: "quorum-read"; readonly read: number; readonly view: QuorumView }
  | { readonly kind: "quorum-read-failed"; readonly read: number }
  /** A renewal or release told by the store's watch, ahead of the next round's read. */
  | { readonly kind: "lease-heard"; readonly lease: Versioned<LeaseRecord> }
  /** `view` is what the store held when the txn was applied or refused. */
  | {
      readonly kind: "txn-answered";
      readonly attempt: number;
      readonly succeeded: boolean;
      readonly view: QuorumView;
    }
  /** No answer: it may be applied now, later or never. */
  | { readonly kind: "txn-unknown"; readonly attempt: number }
  | { readonly kind: "promise-asked"; readonly question: PromiseQuestion }
  | { readonly kind: "promise-answered"; readonly answer: PromiseAnswer }
  | { readonly kind: "promise-failed"; readonly question: number }
  | { readonly kind: "permit-asked"; readonly question: PermitQuestion }
  /** Any sign of life of this site's controller; commands count as well. */
  | { readonly kind: "controller-seen" }
  | { readonly kind: "command"; readonly id: number; readonly command: KeeperCommand }
  | { readonly kind: "postgres-started"; readonly as: "primary" | "standby" }
  /** It ended without being asked to. */
  | { readonly kind: "postgres-exited" }
  /** The answer to `stop-postgres`. `finalLsn`: shutdown checkpoint of a clean stop. */
  | { readonly kind: "postgres-stopped"; readonly finalLsn: Lsn | null }
  /** The answer to `stop-wal-receiver` (all that was received is flushed) and to `report-position`. */
  | {
      readonly kind: "standby-position";
      readonly receiverStopped: boolean;
      readonly position: StandbyPosition;
    }
  | { readonly kind: "standby-position-failed" }
  | { readonly kind: "promoted"; readonly timeline: number; readonly startLsn: Lsn }
  | { readonly kind: "promotion-failed" }
  /** The first commit of the term, `continuity.terms`, is durable. */
  | { readonly kind: "term-recorded"; readonly term: number }
  | { readonly kind: "boot-id-seen"; readonly bootId: string }
  /** Wall and monotonic clock disagree by more than the guard since they were last compared. */
  | { readonly kind: "clocks-disagree"; readonly byMs: number };
