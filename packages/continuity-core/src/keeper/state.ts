import type { Lsn } from "../lsn.ts";
import type { Parameters } from "../parameters.ts";
import type { DataSite, QuorumView } from "../store/index.ts";
import type { TxnPurpose } from "./effects.ts";
import type { StandbyPosition, TakeOverOrder } from "./events.ts";

/**
 * What this keeper is doing. `now` never appears here: whatever depends on time is computed when it is used.
 * The sentences of docs/reference/decisions.md describe each.
 */
export type Phase =
  /** PostgreSQL is down and stays down until a command. */
  | { readonly kind: "idle" }
  | { readonly kind: "standby" }
  /** Latched: promises refused. `sent` false: the standby's position is being checked and nothing can win yet. */
  | {
      readonly kind: "deciding";
      readonly order: TakeOverOrder;
      readonly view: QuorumView;
      readonly position: StandbyPosition | null;
      readonly sent: boolean;
    }
  /** The txn won, which is not a permit: promotion waits until everything that the old primary may hold is over. */
  | {
      readonly kind: "waiting-gate";
      readonly order: TakeOverOrder;
      readonly step: "waiting" | "stopping-receiver" | "promoting";
    }
  /** PostgreSQL is writable; the term's first commit is on its way. */
  | { readonly kind: "recording-term" }
  /** Renewing a lease that names this site, PostgreSQL down or starting. */
  | { readonly kind: "resuming" }
  | { readonly kind: "serving" }
  /** Permits go on, portals take no new write. */
  | { readonly kind: "draining" }
  /**
   * Finishing: as in draining, for one commit's time. Then no permits: waiting for every portal, then for PostgreSQL, then for the txn.
   */
  | {
      readonly kind: "releasing";
      readonly step: "finishing" | "revoking" | "stopping" | "writing";
      /** When finishing is over. */
      readonly untilMs: number;
      /** The change that revoked the permits. */
      readonly change: number;
      readonly finalLsn: Lsn | null;
    }
  | { readonly kind: "released" }
  /** A released lease is being taken back. */
  | { readonly kind: "taking-back" }
  /** The deadline passed, or a higher term was seen: PostgreSQL stopped at once. */
  | { readonly kind: "fenced"; readonly why: "deadline" | "higher-term" | "store-changed" }
  /** Another keeper acts for this site: promise nothing, take nothing. Only a restart leaves it. */
  | { readonly kind: "halted" };

/** A portal process known since this keeper started. Times on this keeper's clock. */
export interface KnownPortal {
  readonly seenChange: number;
  /** The end of the longest permit it was given; `-Infinity` when it never had one. */
  readonly permitUntilMs: number;
  /** The end of the longest permit that carried the current `geo` generation. */
  readonly geoUntilMs: number;
}

export interface OpenTxn {
  readonly attempt: number;
  readonly purpose: TxnPurpose;
  readonly sentAtMs: number;
}

export interface KeeperState {
  readonly site: DataSite;
  readonly bootId: string;
  /** Wall time of the start, for the record that people read. */
  readonly claimedAt: string;
  readonly parameters: Parameters;
  readonly startedAtMs: number;
  /** When the last step was taken: whatever was due then has been done. */
  readonly steppedAtMs: number;
  readonly phase: Phase;
  /** Newest linearizable read; null before the first since start. */
  readonly view: QuorumView | null;
  /** When the lease revision in `view` was first received. */
  readonly leaseSeenAtMs: number;
  /** When the term revision in `view` was first received. */
  readonly termSeenAtMs: number;
  /** The validity of the lease that the current term ended, as last seen; a forced take-over waits for it. */
  readonly predecessorValidityMs: number;
  /** The lease revision whose lapse was already reported. */
  readonly lapseReported: number;
  /** A term taken over a release, in this life: nothing of its predecessor is left to wait for. */
  readonly gateWaivedTerm: number | null;
  /** Last promise given, or the start: survives terms. */
  readonly lastPromiseMs: number;
  /** Renewals answered in this term since start end here; `-Infinity` until the first. */
  readonly leaseUntilMs: number;
  readonly promiseUntilMs: number;
  /** The term in which this keeper itself renewed the lease, or null: what makes promises usable. */
  readonly renewedTerm: number | null;
  /** Answers to what was sent before this do not count (after clocks disagreed). */
  readonly countFromMs: number;
  /** Clocks disagreed: no permit until a renewal sent after that succeeds. */
  readonly isDistrusted: boolean;
  readonly openTxn: OpenTxn | null;
  readonly openRead: { readonly read: number; readonly sentAtMs: number } | null;
  /** A refresh was wanted while a read was on its way: that read may be too old, so another follows. */
  readonly mustReadAgain: boolean;
  readonly openPromise: {
    readonly question: number;
    readonly askedAtMs: number;
    readonly term: number;
  } | null;
  readonly nextNumber: number;
  readonly nextRoundAtMs: number;
  readonly controllerSeenAtMs: number;
  readonly postgres: PostgresState;
  readonly siteClaimed: boolean;
  readonly isSilenceReported: boolean;
  readonly change: number;
  readonly portals: ReadonlyMap<string, KnownPortal>;
  readonly geo: { readonly on: boolean; readonly generation: number };
  /** Change that revoked `geo`, while its confirmation is awaited. */
  readonly geoRevocation: { readonly command: number; readonly change: number } | null;
  readonly isSuspended: boolean;
  readonly acceptUnprotected: boolean;
  /** The command whose outcome is still owed. */
  readonly owed: { readonly id: number; readonly kind: string } | null;
}

/** The PostgreSQL process as this keeper knows it. */
export type PostgresState =
  | "down"
  | "starting-primary"
  | "starting-standby"
  | "primary"
  | "standby"
  | "stopping";
