import type { TermStart } from "./position.ts";

/**
 * What is kept of one write. Everything about its content is inside `sealed`; the rest is what
 * another user of the same device may know: that something waits.
 */
export interface StoredItem {
  /** UUIDv7. Order of ids = order of writes. */
  readonly id: string;
  /** The `Idempotency-Key`: equal to `id` until the user replaces a refused write. */
  readonly key: string;
  /** Opaque id of the user whose write this is. */
  readonly owner: string;
  /** Grows with each change, so that a tab recognises an older copy. */
  readonly revision: number;
  readonly state: "queued" | "acknowledged" | "conflict";
  /** `<term>/<lsn>` once acknowledged. */
  readonly position: string | null;
  /** How often the write was sent again because a change of term had lost it. */
  readonly replays: number;
  /** UTC instant at which the user made the write. */
  readonly createdAt: string;
  /** The write and the answer it got, sealed; opens only with the owner's key and this id. */
  readonly sealed: Uint8Array;
}

/**
 * Where writes wait. `apply` is atomic and durable when it resolves.
 * Rejects with OutboxError STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export interface OutboxStorage {
  list(): Promise<readonly StoredItem[]>;
  apply(change: {
    readonly put: readonly StoredItem[];
    readonly remove: readonly string[];
  }): Promise<void>;
}

/** Seals content for one owner. `context` is bound to the seal: content moved to another id does not open. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** Rejects when the key or the context differs, or a bit was changed. */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

export interface TransportRequest {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query on the front door. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value, or undefined for none. */
  readonly body: unknown;
}

export interface TransportAnswer {
  readonly status: number;
  header(name: string): string | null;
  /** Parsed JSON, or null. */
  readonly body: unknown;
}

/** The way to the front door. A rejection means: outcome unknown, the write may or may not be applied. */
export interface OutboxTransport {
  send(request: TransportRequest, signal: AbortSignal): Promise<TransportAnswer>;
  /** `GET /terms`. Rejects when there is no answer. */
  terms(signal: AbortSignal): Promise<{
    readonly terms: readonly TermStart[];
    readonly confirmed: string | null;
  }>;
}

/** One tab at a time sends: Web Locks in a browser. `task` runs while the lock is held. */
export interface OutboxLock {
  hold(name: string, task: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** What tabs tell each other. */
export type TabMessage =
  | { readonly kind: "changed" }
  | { readonly kind: "answered"; readonly id: string; readonly sealed: Uint8Array };

/** Between the tabs of one profile: BroadcastChannel in a browser. Never delivered to the sender. */
export interface TabSignals {
  announce(message: TabMessage): void;
  subscribe(listener: (message: TabMessage) => void): () => void;
}
