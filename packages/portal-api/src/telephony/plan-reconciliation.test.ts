import type { CarrierCall } from "@careline/portal-contract/telephony/schemas.ts";
import { describe, expect, it } from "vitest";
import { type LiveRecord, planReconciliation } from "./plan-reconciliation.ts";

const aCall = (over: Partial<CarrierCall> = {}): CarrierCall => ({
  providerCallId: "p1",
  direction: "inbound",
  state: "queued",
  agentId: null,
  otherAgentId: null,
  from: "+15555550100",
  queueCode: "safety",
  language: "en",
  statedReason: null,
  priority: 5,
  startedAt: "2026-11-22T09:00:00.000Z",
  lastSequence: 1,
  ...over,
});
const aRecord = (over: Partial<LiveRecord> = {}): LiveRecord => ({
  callId: "c1",
  providerCallId: "p1",
  agentId: null,
  isSpoken: false,
  hasOpenCommands: false,
  isYoung: false,
  ...over,
});
const known = new Set(["p1"]);

describe("reconciling with the provider", () => {
  it("does nothing where both agree", () => {
    expect(planReconciliation([aRecord()], known, [aCall()])).toEqual([]);
    const talking = aCall({ state: "connected", agentId: "a" });
    expect(
      planReconciliation([aRecord({ isSpoken: true, agentId: "a" })], known, [talking]),
    ).toEqual([]);
  });
  it("brings back a caller whose arrival was lost, but not one whose record has ended", () => {
    const call = aCall();
    expect(planReconciliation([], new Set(), [call])).toEqual([{ kind: "arrival", call }]);
    expect(planReconciliation([], known, [call])).toEqual([]);
  });
  it("ends what the provider carries no more, unless it is too young to judge", () => {
    expect(planReconciliation([aRecord()], known, [])).toEqual([
      { kind: "end", providerCallId: "p1" },
    ]);
    expect(planReconciliation([aRecord({ isYoung: true })], known, [])).toEqual([]);
  });
  it("believes the provider about who talks: no caller is given to a second agent", () => {
    const talking = aCall({ state: "held", agentId: "a" });
    expect(planReconciliation([aRecord()], known, [talking])).toEqual([
      { kind: "adopt", callId: "c1", agentId: "a" },
    ]);
  });
  it("sends a lost connection again", () => {
    expect(
      planReconciliation([aRecord({ isSpoken: true, agentId: "a" })], known, [aCall()]),
    ).toEqual([{ kind: "connect-again", callId: "c1" }]);
  });
  it("leaves a call alone while commands are under way to the provider", () => {
    expect(planReconciliation([aRecord({ hasOpenCommands: true })], known, [])).toEqual([]);
  });
});
