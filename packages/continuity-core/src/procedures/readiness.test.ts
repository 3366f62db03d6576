import { describe, expect, it } from "vitest";
import { evaluateReadiness, type ReadinessInput } from "./readiness.ts";

const good: ReadinessInput = {
  isSafeToPromote: true,
  lagBytes: 0,
  replayDelayMs: 0,
  diskFreeBytes: { east: 10e9, west: 10e9 },
  certificateDaysLeft: { east: 300, west: 300, witness: 300 },
  settingsDigests: ["a", "a"],
  versions: ["1", "1", "1"],
  silentSites: [],
  isRedisLinked: true,
  isQuorumAnswering: true,
  lastDrillAgeDays: 3,
  isAutomationEnabled: true,
};

const judged = (change: object) => evaluateReadiness({ ...good, ...change });

describe("readiness", () => {
  it("is 100 when nothing is wrong", () => {
    expect(evaluateReadiness(good)).toEqual({ ready: true, score: 100, reasons: [] });
  });

  it("says that nobody streams instead of a lag without end", () => {
    const { reasons } = evaluateReadiness({ ...good, lagBytes: Number.MAX_SAFE_INTEGER });
    expect(reasons.map(({ sentence }) => sentence)).toEqual(["No standby streams."]);
  });

  it.each([
    ["standby-not-safe", { isSafeToPromote: false }, true],
    ["lag", { lagBytes: null }, true],
    ["replay-delay", { replayDelayMs: 6_000 }, true],
    ["disk", { diskFreeBytes: { west: 1 } }, true],
    ["certificate", { certificateDaysLeft: { west: 5 } }, false],
    ["certificate", { certificateDaysLeft: { west: 0.5 } }, true],
    ["settings-drift", { settingsDigests: ["a", "b"] }, true],
    ["version-drift", { versions: ["1", "2"] }, false],
    ["site-silent", { silentSites: ["west"] }, true],
    ["site-silent", { silentSites: ["witness"] }, false],
    ["redis-unlinked", { isRedisLinked: false }, false],
    ["quorum-silent", { isQuorumAnswering: false }, true],
    ["no-recent-drill", { lastDrillAgeDays: null }, false],
    ["automation-off", { isAutomationEnabled: false }, false],
  ] as const)("says %s for %o (blocks: %s)", (code, change, blocks) => {
    const readiness = evaluateReadiness({ ...good, ...change } as ReadinessInput);
    expect(readiness.reasons).toMatchObject([{ code, blocks }]);
    expect(readiness.ready).toBe(!blocks);
    expect(readiness.score).toBeLessThan(100);
  });

  it.each([
    ["standby-not-safe", { isSafeToPromote: false }, 60, null],
    ["quorum-silent", { isQuorumAnswering: false }, 60, null],
    ["site-silent", { silentSites: ["west"] }, 25, "west"],
    ["lag", { lagBytes: null }, 20, null],
    ["disk", { diskFreeBytes: { east: 1, west: 10e9 } }, 20, "east"],
    ["replay-delay", { replayDelayMs: 6_000 }, 15, null],
    ["certificate", { certificateDaysLeft: { witness: 5 } }, 10, "witness"],
    ["settings-drift", { settingsDigests: ["a", "b"] }, 10, null],
    ["version-drift", { versions: ["1", "2"] }, 10, null],
    ["redis-unlinked", { isRedisLinked: false }, 10, null],
    ["automation-off", { isAutomationEnabled: false }, 10, null],
    ["no-recent-drill", { lastDrillAgeDays: null }, 5, null],
  ] as const)(
    "takes for %s %o its %d points, of the site that it is about",
    (code, change, costs, site) => {
      const { reasons, score } = judged(change);
      expect(reasons).toMatchObject([{ code, costs, site }]);
      expect(score).toBe(100 - costs);
    },
  );

  it("adds up what is wrong, down to nothing", () => {
    expect(judged({ isRedisLinked: false, lastDrillAgeDays: null }).score).toBe(85);
    const worst = { isSafeToPromote: false, isQuorumAnswering: false, silentSites: ["west"] };
    expect(judged(worst).score).toBe(0);
  });

  it.each([
    ["lag", { lagBytes: 16 * 1024 * 1024 }, { lagBytes: 16 * 1024 * 1024 + 1 }],
    ["replay-delay", { replayDelayMs: 5_000 }, { replayDelayMs: 5_001 }],
    ["disk", { diskFreeBytes: { west: 2 ** 29 } }, { diskFreeBytes: { west: 2 ** 29 - 1 } }],
    ["certificate", { certificateDaysLeft: { west: 7 } }, { certificateDaysLeft: { west: 6.9 } }],
    ["no-recent-drill", { lastDrillAgeDays: 30 }, { lastDrillAgeDays: 30.1 }],
  ] as const)("says %s beyond its bound, not at it", (code, atBound, beyond) => {
    expect(judged(atBound).reasons).toEqual([]);
    expect(judged(beyond).reasons).toMatchObject([{ code }]);
  });

  it("blocks for a certificate of the last day, and for a disk that is known to be full", () => {
    const blocks = (change: object) => judged(change).reasons.map((reason) => reason.blocks);
    expect(blocks({ certificateDaysLeft: { west: 1 } })).toEqual([false]);
    expect(blocks({ certificateDaysLeft: { west: 0.9 } })).toEqual([true]);
    expect(blocks({ diskFreeBytes: { west: null } })).toEqual([false]);
    expect(blocks({ diskFreeBytes: { west: 0 } })).toEqual([true]);
  });

  it("says nothing of what is unknown where that is no fault: settings, certificates, replay", () => {
    expect(judged({ settingsDigests: ["a", null] }).reasons).toEqual([]);
    expect(judged({ certificateDaysLeft: { west: null } }).reasons).toEqual([]);
    expect(judged({ replayDelayMs: null, isRedisLinked: null }).reasons).toEqual([]);
  });
});
