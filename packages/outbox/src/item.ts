import type { TransportRequest } from "./ports.ts";

/** A write as the caller hands it over. Ids of records are made by the caller (`outbox.newId()`). */
export interface OutboxWrite {
  /** Writes with the same key are sent one after another, in order, e.g. `call:<id>`. */
  readonly recordKey: string;
  readonly method: TransportRequest["method"];
  readonly path: string;
  readonly body?: unknown;
  /** Version that the user saw; sent as `If-Match`. */
  readonly ifMatch?: string;
  /** The user made this edit on top of the record's earlier waiting write: its `ETag` replaces `ifMatch`. */
  readonly followsPrevious?: boolean;
}

/** What the server said about a write. */
export interface WriteAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: unknown;
  /** `geo`, `single-region` or `local`. */
  readonly durability: string | null;
  readonly position: string | null;
  /** Problem code for a refused write, otherwise null. */
  readonly code: string | null;
}

/** What is inside a seal. */
export interface SealedContent {
  readonly write: OutboxWrite;
  readonly answer: WriteAnswer | null;
}

export type OutboxState =
  | { readonly kind: "queued" }
  | { readonly kind: "sending" }
  | { readonly kind: "acknowledged"; readonly position: string; readonly answer: WriteAnswer }
  /** Refused: the write (mine) and the server's answer (theirs) are kept until the user decides. */
  | { readonly kind: "conflict"; readonly answer: WriteAnswer }
  /** The seal does not open; it waits, and can only be discarded. */
  | { readonly kind: "unreadable" };

/** One of the user's own waiting writes. */
export interface OutboxItem {
  readonly id: string;
  /** The `Idempotency-Key` that it is sent with. */
  readonly key: string;
  readonly createdAt: string;
  /** Null only when unreadable. */
  readonly write: OutboxWrite | null;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly replays: number;
  /** `memory`: could not be stored; lost if the page is closed. */
  readonly keptIn: "storage" | "memory";
}

/** How a write ended, or what it waits for. */
export type WriteOutcome =
  | { readonly kind: "acknowledged"; readonly answer: WriteAnswer }
  | { readonly kind: "conflict"; readonly answer: WriteAnswer }
  | { readonly kind: "discarded" };

/** Everything a screen needs to tell the truth. */
export interface OutboxSnapshot {
  readonly items: readonly OutboxItem[];
  /** Not yet acknowledged, conflicts excluded. */
  readonly waiting: number;
  /** Acknowledged, but not yet known to be in both regions. */
  readonly unconfirmed: number;
  readonly conflicts: number;
  /** Items of other users of this device: counted, never opened. */
  readonly othersWaiting: number;
  readonly isLeader: boolean;
  readonly storage: "ok" | "full" | "unavailable";
  /** `paused`: the server asks for sign-in or unlock; `interrupted`: no writable region answers. */
  readonly link: "ok" | "interrupted" | "paused";
  /** When the present interruption began, UTC; null while the link is ok. */
  readonly interruptedSince: string | null;
  /** Newest `Careline-Confirmed` seen. */
  readonly confirmedUntil: string | null;
}

/** For ledgers, metrics and tests. Never carries content beyond the server's own answer. */
export type OutboxEvent =
  | { readonly kind: "stored"; readonly id: string; readonly key: string }
  | {
      readonly kind: "sending";
      readonly id: string;
      readonly key: string;
      readonly attempt: number;
    }
  | {
      readonly kind: "retry";
      readonly id: string;
      readonly key: string;
      /** Null when there was no answer. */
      readonly status: number | null;
      readonly code: string | null;
    }
  | {
      readonly kind: "acknowledged" | "conflict";
      readonly id: string;
      readonly key: string;
      readonly answer: WriteAnswer;
    }
  | { readonly kind: "replayed"; readonly id: string; readonly key: string }
  | {
      readonly kind: "dropped";
      readonly id: string;
      readonly key: string;
      readonly because: "confirmed" | "survived";
    };
