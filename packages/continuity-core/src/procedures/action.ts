import type { KeeperCommand } from "../keeper/index.ts";

/**
 * Something that a site's controller does to its own site for a run. Each is idempotent: repeated until the desired state is
 * observed, carrying the run's stamp, and refused by the receiver when older (`whyRefused`).
 */
export type Action =
  | { readonly kind: "keeper"; readonly command: KeeperCommand }
  | { readonly kind: "redis-promote" }
  | { readonly kind: "redis-follow"; readonly primary: "east" | "west" }
  /** On the primary: CHECKPOINT (pg_rewind must see the new timeline) and a physical slot for the other region. */
  | { readonly kind: "prepare-upstream" }
  /** Copy the whole directory aside, space checked first. */
  | { readonly kind: "quarantine" }
  /** List the diverged transactions of the copy by table and key; never their content. */
  | { readonly kind: "report-tail" }
  /** pg_rewind from the primary; gives the directory a new data id. Refuses "no rewind required" on a diverged directory. */
  | { readonly kind: "rewind" }
  /** Keep the old directory, then clone; gives a new data id. */
  | { readonly kind: "clone" };

export type ActionKind = Action["kind"];

/** What a step's check says. */
export type Verdict =
  | {
      readonly kind: "done";
      readonly evidence: readonly string[];
      readonly finalLsn?: string | null;
    }
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "wait"; readonly why: string }
  /** Trying again cannot help this attempt; `isFinal`: nor any other attempt of this run. */
  | { readonly kind: "fail"; readonly why: string; readonly isFinal?: boolean };

export const done = (...evidence: readonly string[]): Verdict => ({ kind: "done", evidence });
export const act = (action: Action): Verdict => ({ kind: "act", action });
export const wait = (why: string): Verdict => ({ kind: "wait", why });
export const fail = (why: string): Verdict => ({ kind: "fail", why });
