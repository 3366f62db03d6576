import type { Txn } from "../store/index.ts";
import type { PromiseAnswer, PromiseQuestion } from "./events.ts";

export const permitReasons = [
  "serving",
  "starting",
  "no-lease",
  "waiting-gate",
  "draining",
  "fenced",
  "standby",
  "released",
] as const;
export type PermitReason = (typeof permitReasons)[number];

/** Body of the answer to `POST /v1/permit`. */
export interface PermitAnswer {
  readonly question: number;
  readonly change: number;
  readonly permit: { readonly term: number; readonly remainingMs: number } | null;
  readonly reason: PermitReason;
  readonly durability: {
    readonly geo: boolean;
    readonly generation: number;
    readonly unprotectedSince: string | null;
    readonly acceptUnprotected: boolean;
  };
  readonly primary: "east" | "west" | null;
}

export const txnPurposes = [
  "claim-site",
  "renew",
  "release",
  "take-back",
  "take-over",
  "force-take-over",
] as const;
export type TxnPurpose = (typeof txnPurposes)[number];

export const alarms = [
  "another-keeper",
  "clocks-disagree",
  "fenced",
  "higher-term",
  "store-changed",
  "older-store",
  "controller-silent",
  "postgres-exited",
  "promotion-failed",
] as const;
export type Alarm = (typeof alarms)[number];

/** How a command ended. `pending` is never sent: an answer comes once, when the state it asks for holds or cannot be reached. */
export type CommandOutcome =
  | { readonly kind: "done"; readonly finalLsn?: string | null }
  | { readonly kind: "refused"; readonly why: string };

/**
 * What the process around the machine must do, in this order, at once. Answers come back as events, each within a bounded time: a
 * position that PostgreSQL does not tell within 2 s is standby-position-failed; record-term is repeated until it is durable or
 * PostgreSQL has exited.
 */
export type KeeperEffect =
  | { readonly kind: "read-quorum"; readonly read: number }
  | {
      readonly kind: "send-txn";
      readonly attempt: number;
      readonly purpose: TxnPurpose;
      readonly txn: Txn;
    }
  | { readonly kind: "ask-promise"; readonly question: PromiseQuestion }
  /** Answer of the very step that handled the question. */
  | { readonly kind: "answer-promise"; readonly answer: PromiseAnswer }
  | { readonly kind: "answer-permit"; readonly portal: string; readonly answer: PermitAnswer }
  | { readonly kind: "announce-change"; readonly change: number }
  /** `immediate` when fencing: open sessions die. Also ends an orphan of an earlier keeper. Answered by postgres-stopped. */
  | { readonly kind: "stop-postgres"; readonly mode: "fast" | "immediate" }
  /**
   * As primary: a directory that is a standby's (`standby.signal`) is started without upstream and promoted, so that a
   * take-over that an earlier keeper began always gets a timeline of its own.
   */
  | { readonly kind: "start-postgres"; readonly as: "primary" | "standby" }
  /** Stop replication into this standby and flush; answered by standby-position. */
  | { readonly kind: "stop-wal-receiver" }
  /** Ask what the standby has, replication going on; answered by standby-position. */
  | { readonly kind: "report-position" }
  /** Replicate again after a take-over that did not happen. */
  | { readonly kind: "start-wal-receiver" }
  | { readonly kind: "promote-postgres"; readonly term: number }
  /** Insert into continuity.terms, durably on this site; answered by term-recorded. */
  | { readonly kind: "record-term"; readonly term: number }
  | { readonly kind: "block-redis" }
  | { readonly kind: "unblock-redis" }
  /** Both sources have lapsed as this standby sees them: the controller decides now, not at its tick. */
  | { readonly kind: "primary-lapsed" }
  | { readonly kind: "answer-command"; readonly id: number; readonly outcome: CommandOutcome }
  | { readonly kind: "alarm"; readonly alarm: Alarm; readonly sentence: string };
