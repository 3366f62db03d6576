import type { DataSite, LeaseRecord, StoreRecord, SyncRecord, TermRecord } from "./records.ts";

/** The four records that every life of the store begins with. */
export interface FirstRecords {
  readonly store: StoreRecord;
  readonly term: TermRecord;
  readonly lease: LeaseRecord;
  readonly sync: SyncRecord;
}

/** What differs between one beginning and another. */
export interface Beginning {
  readonly store: StoreRecord;
  readonly primary: DataSite;
  /** Names the beginning; see `TermRecord.claim`. */
  readonly claim: string;
  /** The lease's validity: Q of whoever begins. */
  readonly validityMs: number;
  /** For people. */
  readonly at: string;
  readonly cause?: "initial" | "force-quorum";
  readonly evidence?: readonly string[];
  /** 1 unless a term is known already. */
  readonly term?: number;
  /** What an earlier life acknowledged as `geo`; null without one. */
  readonly geoFloor?: SyncRecord["geoFloor"];
}

/**
 * How a life of the store begins: a lease in no keeper's name, so that only a renewal begins a permit, and nobody safe to promote,
 * because nobody has followed in this life yet.
 */
export function firstRecords(beginning: Beginning): FirstRecords {
  const { store, primary, claim, validityMs, at } = beginning;
  const { cause = "initial", evidence = [], term = 1, geoFloor = null } = beginning;
  return {
    store,
    term: {
      term,
      primary,
      cause,
      run: null,
      claim,
      evidence: [...evidence],
      timeline: null,
      startLsn: null,
      startedAt: at,
    },
    lease: {
      kind: "held",
      site: primary,
      term,
      bootId: "",
      counter: 0,
      validityMs,
      finalLsn: null,
    },
    sync: {
      term,
      mode: "async",
      standbyDataId: null,
      timeline: null,
      safeToPromote: false,
      geoFloor,
      unprotectedSince: at,
    },
  };
}
