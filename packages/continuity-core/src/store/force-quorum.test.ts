import { describe, expect, it } from "vitest";
import { aView, someTime } from "../explain/scene.ts";
import type { HistoryRecord, LeaseRecord, StoreRecord, SyncRecord, TermRecord } from "./records.ts";
import { type ForceQuorumOrder, forceQuorum } from "./transactions.ts";

const order: ForceQuorumOrder = {
  newStoreId: "00000000-0000-4000-8000-000000000002",
  primary: "west",
  by: ["anna", "bert"],
  evidence: "east is switched off",
  newestTermInData: 2,
  validityMs: 3_000,
  at: someTime,
};
const put = <T>(key: string, changes: Partial<ForceQuorumOrder> = {}, view = aView()): T =>
  forceQuorum(view, { ...order, ...changes }).puts.find((each) => each.key === key)?.record as T;

describe("a new life of the store", () => {
  it("begins only over the life that was seen", () => {
    expect(forceQuorum(aView(), order).compare).toEqual([
      { key: "store", target: "store-id", equals: aView().store.record?.id },
    ]);
  });

  it("has an id of its own and the next generation", () => {
    expect(put<StoreRecord>("store")).toEqual({ id: order.newStoreId, generation: 2 });
  });

  it("begins a term above all that the store or the surviving data know", () => {
    expect(put<TermRecord>("term")).toMatchObject({ term: 4, primary: "west" });
    expect(put<TermRecord>("term", { newestTermInData: 7 })).toMatchObject({ term: 8 });
  });

  it("names both people and what they saw", () => {
    const { evidence, cause } = put<TermRecord>("term");
    expect(cause).toBe("force-quorum");
    expect(put<TermRecord>("term")).toMatchObject({
      claim: order.newStoreId,
      run: null,
      startedAt: someTime,
    });
    expect(evidence).toEqual(["east is switched off", "ordered by anna and bert"]);
  });

  it("holds the lease for the region in no keeper's name, so that only a renewal begins a permit", () => {
    expect(put<LeaseRecord>("lease")).toEqual({
      kind: "held",
      site: "west",
      term: 4,
      bootId: "",
      counter: 0,
      validityMs: 3_000,
      finalLsn: null,
    });
  });

  it("calls nobody safe, and keeps the floor of what was acknowledged as geo", () => {
    expect(put<SyncRecord>("sync")).toEqual({
      term: 4,
      mode: "async",
      standbyDataId: null,
      timeline: null,
      safeToPromote: false,
      geoFloor: "0/6000",
      unprotectedSince: someTime,
    });
  });

  it("ends the old term nowhere: whoever wrote in it quarantines what it has", () => {
    expect(put<HistoryRecord>("history/3")).toEqual({
      run: null,
      endedAt: someTime,
      term: 3,
      primary: "east",
      successor: "west",
      endedBy: "force-quorum",
      successorLsn: null,
    });
  });

  it("may begin over nothing, and over a store without a term", () => {
    const nobody = { record: null, revision: 0 };
    const empty = { ...aView(), store: nobody, term: nobody, lease: nobody, sync: nobody };
    expect(forceQuorum(empty, order).compare).toEqual([
      { key: "store", target: "revision", equals: 0 },
    ]);
    expect(put<StoreRecord>("store", {}, empty).generation).toBe(1);
    expect(put<TermRecord>("term", {}, empty).term).toBe(3);
    expect(put<TermRecord>("term", { newestTermInData: 0 }, empty).term).toBe(1);
    expect(put<SyncRecord>("sync", {}, empty).geoFloor).toBeNull();
    expect(put<HistoryRecord>("history/2", {}, empty)).toMatchObject({ primary: "west" });
  });
});
