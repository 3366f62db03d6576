import type { DataDirectory, WalRecord } from "./data-directory.ts";

/** `duplicate`: the unique index on the idempotency key. */
export type Refusal = "term" | "read-only" | "disk-full" | "duplicate";

/** How a COMMIT ended, as its session saw it. */
export type CommitResult =
  /** `isWarned`: the synchronous wait was cancelled; the commit is durable here and perhaps nowhere else. */
  | { readonly kind: "committed"; readonly position: number; readonly isWarned: boolean }
  | { readonly kind: "refused"; readonly why: Refusal }
  /** The session died: the commit may or may not have happened. */
  | { readonly kind: "broken" };

export interface Transaction {
  readonly record: WalRecord;
  readonly waitsForStandby: boolean;
  readonly done: (result: CommitResult) => void;
}

/** Notes that lie beside a data directory, under its data id. */
export interface DirectoryNotes {
  quarantinedDataId: string | null;
  reportedDataId: string | null;
  /** The quarantined copy. */
  copy: DataDirectory | null;
}
