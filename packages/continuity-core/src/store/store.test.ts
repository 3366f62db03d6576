import { describe, expect, it } from "vitest";
import { aLease, aSync, aTerm, aView, someTime } from "../explain/scene.ts";
import { firstRecords } from "./first-records.ts";
import { keys, storeKey } from "./keys.ts";
import {
  automationRecordSchema,
  drillRecordSchema,
  historyRecordSchema,
  keeperClaimSchema,
  leaseRecordSchema,
  orderedRecordSchema,
  siteRecordSchema,
  storeRecordSchema,
  syncRecordSchema,
  termRecordSchema,
} from "./records.ts";
import {
  beginOrdered,
  claimSite,
  forceQuorum,
  forceTakeOver,
  initialise,
  type Txn,
  takeOver,
  writeLease,
  writeOwned,
  writeSync,
} from "./transactions.ts";

const view = aView();
const compared = (txn: Txn) => txn.compare.map((each) => `${each.key} by ${each.target}`).sort();
const written = (txn: Txn) => txn.puts.map((put) => put.key).sort();
const history = {
  term: 3,
  primary: "east",
  endedBy: "failover",
  successor: "west",
  run: null,
  successorLsn: "0/7000",
  endedAt: someTime,
} as const;
const next = {
  term: aTerm({ term: 4 }),
  lease: aLease({ term: 4 }),
  sync: aSync({ term: 4 }),
  history,
};

describe("transactions on the quorum store", () => {
  it("compare revisions, never values, and the store by its random id", () => {
    expect(compared(takeOver(view, next))).toEqual([
      "lease by revision",
      "store by store-id",
      "sync by revision",
      "term by revision",
    ]);
  });

  it("write new term, its lease and sync together, and how the old term ended", () => {
    expect(written(takeOver(view, next))).toEqual(["history/3", "lease", "sync", "term"]);
  });

  it("of an ordered run compare what was ordered before, so that of two at the same moment one loses", () => {
    const txn = beginOrdered(view, { record: { run: "run-1" }, revision: 7 }, { id: "run-2" });
    expect(txn.compare).toContainEqual({ key: "ordered", target: "revision", equals: 7 });
    expect(txn.compare).toContainEqual({ key: "runs/run-2", target: "revision", equals: 0 });
    expect(txn.puts).toContainEqual({ key: "ordered", record: { run: "run-2" } });
    expect(txn.puts).toContainEqual({ key: "runs/run-2", record: { id: "run-2" } });
    expect(written(txn)).toEqual(["ordered", "runs/run-2"]);
    expect(compared(txn)).toEqual([
      "ordered by revision",
      "runs/run-2 by revision",
      "store by store-id",
    ]);
  });

  it("of a forced take-over compare term and store only", () => {
    expect(compared(forceTakeOver(view, next))).toEqual(["store by store-id", "term by revision"]);
  });

  it("of a lease compare the term and the lease's own revision", () => {
    expect(compared(writeLease(view, aLease()))).toEqual([
      "lease by revision",
      "store by store-id",
      "term by revision",
    ]);
  });

  it("of sync compare the term and sync's own revision", () => {
    expect(compared(writeSync(view, aSync()))).toEqual([
      "store by store-id",
      "sync by revision",
      "term by revision",
    ]);
    expect(writeSync(view, aSync()).puts).toEqual([{ key: "sync", record: aSync() }]);
  });

  it("of a journal and of a keeper's claim compare their own revision", () => {
    expect(compared(writeOwned(view, keys.run("r"), { record: null, revision: 0 }, {}))).toEqual([
      "runs/r by revision",
      "store by store-id",
    ]);
    const owned = writeOwned(view, "automation", { record: null, revision: 4 }, { enabled: true });
    expect(owned.compare).toContainEqual({ key: "automation", target: "revision", equals: 4 });
    expect(owned.puts).toEqual([{ key: "automation", record: { enabled: true } }]);
    const claim = { bootId: "b", claimedAt: someTime };
    expect(compared(claimSite(view, "east", claim))).toEqual([
      "keepers/east by revision",
      "store by store-id",
    ]);
  });

  it("of initialisation lose against any store that exists", () => {
    const store = { id: "s", generation: 1 };
    const beginning = { store, claim: "c", validityMs: 1_250, at: someTime } as const;
    const txn = initialise(firstRecords({ ...beginning, primary: "west" }));
    expect(txn.compare).toEqual(
      ["store", "term", "lease", "sync"].map((key) => ({ key, target: "revision", equals: 0 })),
    );
    expect(written(txn)).toEqual(["lease", "store", "sync", "term"]);
    const records = new Map(txn.puts.map((put) => [put.key, put.record]));
    expect(records.get("term")).toMatchObject({
      term: 1,
      cause: "initial",
      primary: "west",
      claim: "c",
      run: null,
      startedAt: someTime,
    });
    expect(records.get("lease")).toMatchObject({ kind: "held", site: "west", bootId: "" });
    expect(records.get("sync")).toMatchObject({ safeToPromote: false, geoFloor: null });
  });

  it("of force-quorum begin a higher generation, and a term above both store and data", () => {
    const txn = forceQuorum(view, {
      newStoreId: "00000000-0000-4000-8000-000000000009",
      primary: "west",
      by: ["ada", "abel"],
      evidence: "east is switched off",
      newestTermInData: 7,
      validityMs: 1_250,
      at: someTime,
    });
    const records = new Map(txn.puts.map((put) => [put.key, put.record]));
    expect(records.get("store")).toMatchObject({ generation: 2 });
    expect(records.get("term")).toMatchObject({ term: 8, cause: "force-quorum", primary: "west" });
    expect(records.get("lease")).toMatchObject({ bootId: "", term: 8 });
    expect(records.get("sync")).toMatchObject({ mode: "async", safeToPromote: false });
  });
});

describe("records of the quorum store", () => {
  it("are read back as they were written", () => {
    expect(termRecordSchema.parse(view.term.record)).toEqual(view.term.record);
    expect(leaseRecordSchema.parse(view.lease.record)).toEqual(view.lease.record);
    expect(syncRecordSchema.parse(view.sync.record)).toEqual(view.sync.record);
    expect(storeRecordSchema.parse(view.store.record)).toEqual(view.store.record);
    expect(historyRecordSchema.parse(history)).toEqual(history);
    expect(keeperClaimSchema.parse(view.keepers.east.record)).toEqual(view.keepers.east.record);
  });

  it("are read back in each of their forms", () => {
    for (const kind of ["held", "released"] as const)
      expect(leaseRecordSchema.parse(aLease({ kind })).kind).toBe(kind);
    for (const mode of ["sync", "async"] as const)
      expect(syncRecordSchema.parse(aSync({ mode })).mode).toBe(mode);
    expect(orderedRecordSchema.parse({ run: "r" })).toEqual({ run: "r" });
    expect(orderedRecordSchema.safeParse({ run: null }).success).toBe(false);
  });

  it("tell of the newest rehearsal of a fault, kept or broken", () => {
    const drill = { scenario: "kill-region", runs: 3, by: "otto", at: someTime };
    for (const outcome of ["kept", "broken"] as const)
      expect(drillRecordSchema.parse({ ...drill, outcome })).toEqual({ ...drill, outcome });
    const refused = [{ outcome: "lost" }, { runs: 0 }, { scenario: "Kill region" }, { at: "soon" }];
    for (const change of refused)
      expect(drillRecordSchema.safeParse({ ...drill, outcome: "kept", ...change }).success).toBe(
        false,
      );
  });

  it("tell of a site whatever its databases are doing", () => {
    const postgres = { dataId: null, timeline: null, lsn: null, replayDelayMs: null };
    const beat = (state: string, role: string) =>
      siteRecordSchema.safeParse({
        site: "west",
        controllerBootId: "c",
        keeperBootId: null,
        version: "1",
        beat: 0,
        postgres: { ...postgres, state },
        redis: { role, offset: null },
        diskFreeBytes: null,
        certificateDaysLeft: null,
        settingsDigest: null,
        sees: ["witness"],
        seesPrimaryServing: false,
        reportedAt: someTime,
      }).data;
    for (const state of ["down", "starting", "primary", "standby", "rewinding", "cloning"])
      expect(beat(state, "replica")?.postgres?.state).toBe(state);
    for (const role of ["primary", "replica", "down"])
      expect(beat("down", role)?.redis?.role).toBe(role);
    expect(beat("melting", "replica")).toBeUndefined();
  });

  it("are refused with anything more or less than is known", () => {
    expect(leaseRecordSchema.safeParse({ ...view.lease.record, hurry: true }).success).toBe(false);
    expect(syncRecordSchema.safeParse({ ...view.sync.record, geoFloor: "16B3748" }).success).toBe(
      false,
    );
    expect(termRecordSchema.safeParse({ ...view.term.record, primary: "witness" }).success).toBe(
      false,
    );
    expect(automationRecordSchema.safeParse({ enabled: false }).success).toBe(false);
  });

  it("live below the system's prefix", () => {
    expect(storeKey("portal", keys.history(3))).toBe("/careline/portal/history/3");
  });
});
