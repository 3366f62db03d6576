import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundAwareness, dayInZone } from "./awareness.ts";

const at = (text: string): number => Date.parse(text);
const call = { callStartMs: at("2026-11-22T23:50:00Z"), receivedMs: at("2026-11-23T00:10:00Z") };

describe("day 0 of a report", () => {
  it("is when the agent heard it, as the agent's browser says", () => {
    const heard = at("2026-11-22T23:55:00Z");
    expect(boundAwareness({ ...call, clientInstantMs: heard })).toEqual({
      instantMs: heard,
      isCorrected: false,
    });
  });
  it("keeps its first time when the report is replayed hours later", () => {
    const heard = at("2026-11-22T23:55:00Z");
    const replayed = { ...call, receivedMs: at("2026-11-23T06:00:00Z"), clientInstantMs: heard };
    expect(boundAwareness(replayed)).toEqual({ instantMs: heard, isCorrected: false });
  });
  it("is bounded by the call's start and by the report's arrival when a clock is wrong", () => {
    expect(boundAwareness({ ...call, clientInstantMs: at("2026-11-20T00:00:00Z") })).toEqual({
      instantMs: call.callStartMs,
      isCorrected: true,
    });
    expect(boundAwareness({ ...call, clientInstantMs: at("2027-01-01T00:00:00Z") })).toEqual({
      instantMs: call.receivedMs,
      isCorrected: true,
    });
  });
  it("never lies outside the evidence", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (clientInstantMs, callStartMs, lasted) => {
        const receivedMs = callStartMs + lasted;
        const { instantMs } = boundAwareness({ clientInstantMs, callStartMs, receivedMs });
        expect(instantMs).toBeGreaterThanOrEqual(callStartMs);
        expect(instantMs).toBeLessThanOrEqual(receivedMs);
      }),
    );
  });
  it("is a calendar day where the agent sits, not in UTC", () => {
    const midnight = at("2026-11-23T00:10:00Z");
    expect(dayInZone(midnight, "America/New_York")).toBe("2026-11-22");
    expect(dayInZone(midnight, "Europe/Madrid")).toBe("2026-11-23");
    expect(dayInZone(midnight, "Nowhere/Land")).toBeNull();
  });
});
