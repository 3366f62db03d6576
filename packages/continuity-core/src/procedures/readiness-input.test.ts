import { describe, expect, it } from "vitest";
import { aDatabase, aPrimarySeen, aQuorum, aReplication, aView } from "../explain/scene.ts";
import type { Observation, QuorumSeen } from "../observe/index.ts";
import type { Site, SiteRecord } from "../store/index.ts";
import { evaluateReadiness, readinessInputOf } from "./readiness.ts";

function aSite(site: Site, change: Partial<SiteRecord> = {}): SiteRecord {
  const isData = site !== "witness";
  return {
    ...{ site, controllerBootId: `c-${site}`, keeperBootId: isData ? `k-${site}` : null },
    ...{ version: "1.0.0", beat: 7, diskFreeBytes: isData ? 10e9 : null },
    postgres: isData
      ? {
          state: site === "east" ? "primary" : "standby",
          dataId: `data-${site}`,
          timeline: 3,
          lsn: "0/7000",
          replayDelayMs: 0,
        }
      : null,
    redis: isData ? { role: site === "east" ? "primary" : "replica", offset: 1 } : null,
    certificateDaysLeft: 300,
    settingsDigest: isData ? "same" : null,
    ...{ sees: [], seesPrimaryServing: true, primarySeenAgeMs: 0 },
    reportedAt: "2026-01-01T00:00:00.000Z",
    ...change,
  };
}

type Sites = QuorumSeen["sites"];
const seen = (changes: Partial<Record<Site, Partial<SiteRecord>>> = {}): Sites =>
  Object.fromEntries(
    (["east", "west", "witness"] as const).map((site) => [
      site,
      { record: aSite(site, changes[site]), ageMs: 400 },
    ]),
  );
const observed = (sites: Sites, change: Partial<Observation> = {}): Observation =>
  aPrimarySeen({ quorum: aQuorum({ sites }), ...change });
const codesOf = (o: Observation): string[] =>
  evaluateReadiness(readinessInputOf(o)).reasons.map(({ code, site }) =>
    site === null ? code : `${code} ${site}`,
  );

describe("readiness as a controller sees it", () => {
  it("misses nothing but a drill when all is well", () => {
    expect(codesOf(observed(seen()))).toEqual(["no-recent-drill"]);
  });

  it.each([
    ["disk west", { west: { diskFreeBytes: 1_000 } }],
    ["disk east", { east: { diskFreeBytes: null } }],
    ["certificate witness", { witness: { certificateDaysLeft: 3 } }],
    ["settings-drift", { west: { settingsDigest: "other" } }],
    ["version-drift", { witness: { version: "1.1.0" } }],
    ["redis-unlinked", { west: { redis: { role: "primary", offset: 1 } as const } }],
  ] as const)("says %s from the heartbeats", (code, change) => {
    expect(codesOf(observed(seen(change)))).toContain(code);
  });

  it("says replay-delay of the standby, whichever region it is", () => {
    const west = aSite("west").postgres;
    const slow = west === null ? null : { ...west, replayDelayMs: 9_000 };
    const slowWest = seen({ west: { postgres: slow } });
    expect(codesOf(observed(slowWest))).toContain("replay-delay");
    const view = aView({ term: { primary: "west" } });
    const moved = (sites: Sites) => codesOf(aPrimarySeen({ quorum: aQuorum({ sites, view }) }));
    expect(moved(slowWest)).not.toContain("replay-delay");
    expect(moved(seen({ east: { postgres: slow } }))).toContain("replay-delay");
  });

  it("says lag from the primary's own replication", () => {
    const replication = aReplication({ lagBytes: 17 * 1024 * 1024 });
    const postgres = aDatabase({ replication });
    expect(codesOf(observed(seen(), { postgres }))).toContain("lag");
  });

  it("says which site is silent, after ten beats", () => {
    const { west, ...others } = seen();
    expect(codesOf(observed(others))).toContain("site-silent west");
    if (west === undefined) throw new Error("west is seen");
    const late = { ...others, west: { ...west, ageMs: 5_001 } };
    expect(codesOf(observed(late))).toContain("site-silent west");
    const last = { ...others, west: { ...west, ageMs: 5_000 } };
    expect(codesOf(observed(last))).not.toContain("site-silent west");
  });

  it("calls no site silent while the quorum, which every heartbeat passes, does not answer", () => {
    const unheard = aPrimarySeen({ quorum: aQuorum({ sites: {}, isAnswering: false }) });
    expect(codesOf(unheard).filter((code) => code.startsWith("site-silent"))).toEqual([]);
  });

  it("says standby-not-safe, quorum-silent and automation-off from the store", () => {
    const unsafe = aQuorum({ sites: seen(), view: aView({ sync: { safeToPromote: false } }) });
    expect(codesOf(aPrimarySeen({ quorum: unsafe }))).toContain("standby-not-safe");
    const silent = aQuorum({ sites: seen(), isAnswering: false });
    expect(codesOf(aPrimarySeen({ quorum: silent }))).toContain("quorum-silent");
    const record = { enabled: false, by: "otto", reason: "", changedAt: "", until: null };
    const off = aQuorum({ sites: seen(), automation: { record, revision: 4 } });
    expect(codesOf(aPrimarySeen({ quorum: off }))).toContain("automation-off");
  });
});
