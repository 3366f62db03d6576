import { initialise, type Txn } from "../store/index.ts";

/** A store whose first term is the east's: nobody is safe to promote yet. */
export function firstRecords(leaseMs: number, at: string): Txn {
  return initialise({
    store: { id: "00000000-0000-4000-8000-000000000001", generation: 1 },
    term: {
      term: 1,
      primary: "east",
      cause: "initial",
      run: null,
      claim: "initial",
      evidence: [],
      timeline: null,
      startLsn: null,
      startedAt: at,
    },
    lease: {
      kind: "held",
      site: "east",
      term: 1,
      bootId: "",
      counter: 0,
      validityMs: leaseMs,
      finalLsn: null,
    },
    sync: {
      term: 1,
      mode: "async",
      standbyDataId: null,
      timeline: null,
      safeToPromote: false,
      geoFloor: null,
      unprotectedSince: at,
    },
  });
}
