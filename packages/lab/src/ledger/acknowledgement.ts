/** What a client was promised: one answer that said "done", as the client received it. */
export interface Acknowledgement {
  readonly client: string;
  /** `front-door`, or the region whose own port the client is pinned to. */
  readonly via: "front-door" | "east" | "west";
  /** Operation id of the contract, e.g. `saveNoteDraft`. */
  readonly operation: string;
  readonly key: string;
  /** Whether the portal keeps this key: its presence in the database then proves the write. */
  readonly isKeyed: boolean;
  /** What the answer promised: `geo`, `single-region` or `local`. */
  readonly durability: string;
  readonly term: number;
  /** PostgreSQL's `X/Y`. */
  readonly lsn: string;
  readonly site: string;
  /** Monotonic milliseconds of the client's process: just before the request's bytes, and with the whole answer. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/** An answer ≥ 500 or a broken connection, after which the client had to try again. */
export interface Trouble {
  readonly client: string;
  readonly atMs: number;
  /** Null: no answer. */
  readonly status: number | null;
  readonly code: string;
}

/** Everything that the clients of one run saw. */
export interface LedgerRecord {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly troubles: readonly Trouble[];
  /** When a key was sent again because a change of term had lost it. */
  readonly replays: readonly { readonly key: string; readonly atMs: number }[];
}
