import type { SiteSeen } from "@careline/continuity-core";
import { describe, expect, it } from "vitest";
import { LossTrail } from "./loss-trail.ts";

/** A heartbeat of the primary, as seen when it arrives. */
function aBeat(lsn: string, rows: number | null, change: object = {}): SiteSeen {
  const written = rows === null ? null : { since: "0/1000", upTo: lsn, rows, peakPerSecond: 20 };
  const record = { postgres: { state: "primary", lsn }, written, openCalls: 12, ...change };
  return { record, ageMs: 0 } as unknown as SiteSeen;
}

describe("what a take-over would lose", () => {
  it("is counted from where the standby stands, plus the highest rate since the last heartbeat", () => {
    const trail = new LossTrail();
    trail.take("east", aBeat("0/2000", 100), 0);
    trail.take("east", aBeat("0/3000", 141), 500);
    expect(trail.missing("0/2000", null, 500)).toEqual({ ageMs: 500, rows: 41 });
    expect(trail.missing("0/3000", null, 1_500)).toEqual({ ageMs: 1_000, rows: 20 });
    expect(trail.openCalls).toBe(12);
  });

  it("does not grow any more once the primary has lapsed", () => {
    const trail = new LossTrail();
    trail.take("east", aBeat("0/2000", 100), 0);
    expect(trail.missing("0/2000", 60_000, 62_000)).toEqual({ ageMs: 2_000, rows: 40 });
  });

  it("is counted from when a heartbeat came, not from when it was looked at", () => {
    const trail = new LossTrail();
    trail.take("east", { ...aBeat("0/2000", 100), ageMs: 300 }, 1_000);
    expect(trail.missing("0/2000", null, 1_500)).toEqual({ ageMs: 800, rows: 16 });
  });

  it("begins at the last heartbeat that showed the log where the standby stands", () => {
    const trail = new LossTrail();
    for (const at of [0, 500, 1_000]) trail.take("east", aBeat("0/2000", 100), at);
    expect(trail.missing("0/2000", null, 1_200)).toEqual({ ageMs: 200, rows: 4 });
  });

  it("is nothing, and never less, where the primary lapsed before it could write more", () => {
    const trail = new LossTrail();
    trail.take("east", aBeat("0/2000", 100), 1_000);
    expect(trail.missing("0/2000", 1_500, 2_000)).toEqual({ ageMs: 0, rows: 0 });
  });

  it("is unknown from a heartbeat that was there already: its age is nobody's", () => {
    const trail = new LossTrail();
    const found = { ...aBeat("0/2000", 100), ageMs: Number.POSITIVE_INFINITY };
    trail.take("east", found, 1_000);
    expect(trail.missing("0/2000", null, 1_000)).toEqual({ ageMs: null, rows: null });
  });

  it("is unknown below everything that was heard, where nothing is counted, and after another primary", () => {
    const trail = new LossTrail();
    expect(trail.missing("0/2000", null, 0)).toEqual({ ageMs: null, rows: null });
    trail.take("east", aBeat("0/2000", 100), 0);
    expect(trail.missing("0/1FFF", null, 0)).toEqual({ ageMs: null, rows: null });
    trail.take("east", aBeat("0/3000", null), 500);
    expect(trail.missing("0/2000", null, 500)).toEqual({ ageMs: 500, rows: null });
    trail.take("west", undefined, 600);
    expect(trail.missing("0/2000", null, 600)).toEqual({ ageMs: null, rows: null });
    expect(trail.openCalls).toBeNull();
  });

  it("is unknown from before a count that began anew", () => {
    const trail = new LossTrail();
    trail.take("east", aBeat("0/2000", 100), 0);
    const anew = { since: "0/2800", upTo: "0/3000", rows: 5, peakPerSecond: 1 };
    trail.take("east", aBeat("0/3000", 0, { written: anew }), 500);
    expect(trail.missing("0/2000", null, 500).rows).toBeNull();
    expect(trail.missing("0/3000", null, 500).rows).toBe(0);
  });

  it("takes no beat of a region that is no primary", () => {
    const trail = new LossTrail();
    trail.take("east", aBeat("0/2000", 1, { postgres: { state: "down", lsn: null } }), 0);
    expect(trail.missing("0/2000", null, 0).ageMs).toBeNull();
    trail.take("east", aBeat("0/2000", 1, { postgres: { state: "standby", lsn: "0/2000" } }), 0);
    expect(trail.missing("0/2000", null, 0).ageMs).toBeNull();
    trail.take("east", aBeat("0/2000", 1, { postgres: { state: "primary", lsn: null } }), 0);
    expect(trail.missing("0/2000", null, 0)).toEqual({ ageMs: null, rows: null });
  });
});
