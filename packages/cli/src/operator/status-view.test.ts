import { describe, expect, it } from "vitest";
import { systemStatusSchema } from "./shapes.ts";
import { statusText } from "./status-view.ts";

function aStatus(change: object = {}) {
  return systemStatusSchema.parse({
    term: 7,
    primary: "east",
    protected: true,
    sites: {
      east: { role: "primary", healthy: true, reasons: [] },
      west: { role: "standby", healthy: true, reasons: [] },
      witness: { role: "witness", healthy: true, reasons: [] },
    },
    lag: { bytes: 2048, seconds: 0.25 },
    sync: { mode: "sync" },
    automation: { enabled: true },
    run: null,
    alarms: [],
    ...change,
  });
}

describe("the status that a person reads", () => {
  it("begins with term, primary and whether writes are protected", () => {
    expect(statusText(aStatus()).split("\n")[0]).toBe("term 7, primary east, protected");
  });

  it("says so when nobody has read the quorum store yet", () => {
    const unread = { term: null, primary: null, protected: false, sync: { mode: null } };
    const text = statusText(aStatus({ ...unread, lag: { bytes: null, seconds: null } }));
    expect(text.split("\n")[0]).toBe("term unknown, primary none, UNPROTECTED");
    expect(text).not.toMatch(/replication|null/);
  });

  it.each([
    [{ role: "down", healthy: false, reasons: ["silent"] }, "east WHICH IS DOWN"],
    [{ role: "fenced", healthy: false, reasons: ["fenced"] }, "east WHICH IS FENCED"],
    [
      { role: "down", healthy: false, reasons: ["unheard-without-quorum"] },
      "east WHICH IS NOT HEARD",
    ],
  ])("says first that the region of the term does not serve", (east, words) => {
    const text = statusText(aStatus({ protected: false, sites: { east } }));
    expect(text.split("\n")[0]).toBe(`term 7, primary ${words}, UNPROTECTED`);
  });

  it("says since when writes are unprotected, and that automation is off", () => {
    const text = statusText(
      aStatus({
        protected: false,
        unprotectedSince: "2026-11-22T09:00:00.000Z",
        automation: { enabled: false, by: "otto", reason: "drill", until: null },
      }),
    );
    expect(text).toContain("UNPROTECTED since 2026-11-22T09:00:00.000Z");
    expect(text).toContain("automation OFF by otto: drill");
  });

  it("names why a site is not healthy, and every alarm", () => {
    const text = statusText(
      aStatus({
        sites: { west: { role: "down", healthy: false, reasons: [{ sentence: "no heartbeat" }] } },
        alarms: ["etcd has no majority"],
      }),
    );
    expect(text).toMatch(/west +down +NOT HEALTHY +no heartbeat/);
    expect(text).toContain("ALARM etcd has no majority");
  });

  it("says how ready a switchover is, and what speaks against it", () => {
    const readiness = { ready: true, score: 95, reasons: ["No drill in the last 30 days."] };
    expect(statusText(aStatus({ readiness }))).toContain(
      "ready to switch over 95 of 100: No drill in the last 30 days.",
    );
  });

  it("does not call a pair ready that a switchover would refuse", () => {
    const readiness = { ready: false, score: 75, reasons: ["No standby streams."] };
    expect(statusText(aStatus({ readiness }))).toContain(
      "NOT READY to switch over 75 of 100: No standby streams.",
    );
  });

  it("does not invent a lag that nobody knows", () => {
    const text = statusText(aStatus({ lag: { bytes: null, seconds: null } }));
    expect(text).toContain("behind by an unknown amount");
  });
});
