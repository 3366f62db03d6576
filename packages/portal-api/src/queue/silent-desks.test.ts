import { describe, expect, it } from "vitest";
import { lookEachMs, SilentDesks, silentAfterMs } from "./silent-desks.ts";

/** Looks each ten seconds from `fromMs` until `toMs`; answers when `ada` was first called silent, or null. */
function firstSilent(
  desks: SilentDesks,
  fromMs: number,
  toMs: number,
  signAt: (ms: number) => string | null | undefined,
): number | null {
  for (let now = fromMs; now <= toMs; now += lookEachMs) {
    const sign = signAt(now);
    const signs = sign === null ? null : new Map(sign === undefined ? [] : [["ada", sign]]);
    if (desks.look(signs, ["ada"], now).includes("ada")) return now;
  }
  return null;
}

describe("a desk that went silent", () => {
  it("is never one that gives a new sign each time", () => {
    expect(firstSilent(new SilentDesks(), 0, 600_000, (ms) => `sign ${ms}`)).toBeNull();
  });
  it("is found when its sign stays the same for 45 s", () => {
    const silent = firstSilent(new SilentDesks(), 0, 600_000, () => "the last one");
    expect(silent).toBe(Math.ceil(silentAfterMs / lookEachMs) * lookEachMs);
  });
  it("is found when it never gave one", () => {
    expect(firstSilent(new SilentDesks(), 0, 600_000, () => undefined)).toBe(50_000);
  });
  it("is not judged while the signs cannot be read, nor by the time before", () => {
    const desks = new SilentDesks();
    expect(firstSilent(desks, 0, 40_000, () => "last")).toBeNull();
    expect(firstSilent(desks, 50_000, 200_000, () => null)).toBeNull();
    expect(firstSilent(desks, 210_000, 250_000, () => "last")).toBeNull();
    expect(firstSilent(desks, 260_000, 300_000, () => "last")).toBe(260_000);
  });
  it("is not judged by a process that was itself stopped meanwhile", () => {
    const desks = new SilentDesks();
    expect(firstSilent(desks, 0, 40_000, () => "last")).toBeNull();
    expect(firstSilent(desks, 100_000, 140_000, () => "last")).toBeNull();
  });
  it("has all its time again after another region served", () => {
    const desks = new SilentDesks();
    firstSilent(desks, 0, 40_000, () => "last");
    desks.forget();
    expect(firstSilent(desks, 50_000, 90_000, () => "last")).toBeNull();
  });
  it("has all its time again when its agent was away and comes back", () => {
    const desks = new SilentDesks();
    firstSilent(desks, 0, 40_000, () => "last");
    expect(desks.look(new Map([["ada", "last"]]), [], 50_000)).toEqual([]);
    expect(desks.look(new Map([["ada", "last"]]), ["ada"], 60_000)).toEqual([]);
  });
});
