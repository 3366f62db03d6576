import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkParameters, defaultParameters, distantParameters, guardFor } from "./parameters.ts";

describe("the parameters of continuity", () => {
  it("keep every inequality as shipped, for near and for distant regions", () => {
    expect(checkParameters(defaultParameters)).toEqual([]);
    expect(checkParameters(distantParameters)).toEqual([]);
  });

  it("have the figures of the design", () => {
    expect(defaultParameters).toEqual({
      promiseMs: 1_250,
      leaseMs: 1_250,
      renewMs: 250,
      guardMs: 112.5,
      clockRateError: 0.04,
      roundTripMs: 60,
      permitPullMs: 100,
      requestTimeoutMs: 400,
      controllerSilenceMs: 10_000,
      weakenAfterMs: 5_000,
      walSenderTimeoutMs: 2_000,
      stallMs: 75,
      fsyncStallMs: 248,
      vetoMs: 5_000,
    });
    expect(distantParameters).toMatchObject({
      promiseMs: 3_000,
      leaseMs: 3_000,
      renewMs: 500,
      guardMs: 250,
      requestTimeoutMs: 800,
      roundTripMs: 200,
      weakenAfterMs: 8_000,
    });
  });

  it("are refused as unsafe when the guard does not cover the drift of two clocks", () => {
    const faults = checkParameters({ ...defaultParameters, guardMs: 100 });
    expect(faults.map((fault) => [fault.rule, fault.severity])).toEqual([
      ["guard-covers-drift", "safety"],
    ]);
  });

  it("are refused when the standby could be written off before the primary had to fence itself", () => {
    const faults = checkParameters({ ...defaultParameters, weakenAfterMs: 3_000 });
    expect(faults.map((fault) => fault.rule)).toEqual(["weakening-after-fencing"]);
  });

  it("are refused when one lost renewal could pause writes", () => {
    const rules = checkParameters({ ...defaultParameters, renewMs: 760 }).map((each) => each.rule);
    expect(rules).toContain("lease-not-lapsing-falsely");
    expect(rules).toContain("promise-covers-three-renewals");
  });

  it.each([
    ["guard-covers-drift", { guardMs: 104.17 }, { guardMs: 104.16 }],
    ["promise-not-lapsing-falsely", { promiseMs: 485 }, { promiseMs: 484 }],
    ["lease-not-lapsing-falsely", { leaseMs: 793 }, { leaseMs: 792 }],
    ["promise-covers-three-renewals", { promiseMs: 870 }, { promiseMs: 869 }],
    ["weakening-after-fencing", { weakenAfterMs: 3_363.5 }, { weakenAfterMs: 3_363.4 }],
    ["request-before-lapse", { leaseMs: 1_050 }, { leaseMs: 1_049 }],
  ] as const)("hold to the millisecond: %s", (rule, holds, breaks) => {
    const broken = (changes: object): boolean =>
      checkParameters({ ...defaultParameters, ...changes }).some((fault) => fault.rule === rule);
    expect([broken(holds), broken(breaks)]).toEqual([false, true]);
  });

  it("are unsafe by the longer of promise and lease, whichever it is", () => {
    for (const longer of [{ promiseMs: 3_500 }, { leaseMs: 3_500 }]) {
      const faults = checkParameters({ ...defaultParameters, ...longer });
      expect(faults.map(({ rule, severity }) => [rule, severity])).toEqual([
        ["guard-covers-drift", "safety"],
        ["weakening-after-fencing", "safety"],
      ]);
      expect(faults[1]?.sentence).toBe(
        "weakening delay > max(P, Q) + guard + wal_sender_timeout does not hold: 5000 < 5613.5 ms",
      );
    }
  });

  it("are refused when a duration is missing its value", () => {
    const faults = checkParameters({ ...defaultParameters, renewMs: 0 });
    expect(faults).toContainEqual({
      rule: "positive",
      severity: "safety",
      sentence: "renewMs is 0",
    });
  });

  it("give a guard that outlasts the difference of any two clocks within the assumed rates", () => {
    const rate = fc.double({ min: 0.96, max: 1.04, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 200, max: 10_000 }), (holder, observer, P) => {
        // True time at which the slow holder stops, and the fast observer starts, both counting from the same instant.
        const holderStopsAt = P / holder;
        const observerStartsAt = (P + guardFor(P)) / observer;
        return observerStartsAt >= holderStopsAt;
      }),
    );
  });
});
