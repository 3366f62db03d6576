import type { Observation } from "@careline/continuity-core";
import {
  aDatabase,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aReplication,
  aStandbySeen,
} from "@careline/continuity-core/explain/scene.ts";
import { describe, expect, it } from "vitest";
import { type Status, statusOf } from "./status.ts";

const minute = 60_000;
const silent = { quorum: aQuorum({ isAnswering: false, ageMs: minute }) };

function seenBy(observation: Observation): Status {
  return statusOf({
    system: "portal",
    site: observation.self,
    snapshot: {
      observation,
      decision: { kind: "hold", why: "serving-protected", alarm: false },
      keeper: null,
      atMs: 0,
    },
    sentence: "",
    readiness: { ready: true, score: 100, reasons: [] },
    lag: null,
    alarms: [],
  });
}

const rolesIn = ({ sites: { east, west, witness } }: Status): string[] =>
  [east, west, witness].map(({ role }) => role);

describe("while the quorum does not answer, the status", () => {
  it("of the primary's site says that it serves, and that its standby streams", () => {
    const status = seenBy(aPrimarySeen(silent));
    expect(rolesIn(status)).toEqual(["primary", "standby", "down"]);
    expect(status.sites.east).toMatchObject({ healthy: true, reasons: [] });
    expect(status.sites.witness.reasons).toEqual(["unheard-without-quorum"]);
    expect(status.protected).toBe(true);
  });

  it("of the primary's site calls a standby down that does not stream", () => {
    const postgres = aDatabase({ replication: aReplication({ isActive: false }) });
    const status = seenBy(aPrimarySeen({ ...silent, postgres }));
    expect(rolesIn(status)).toEqual(["primary", "down", "down"]);
    expect(status.protected).toBe(false);
  });

  it("of a primary's site that fenced itself says so", () => {
    const keeper = aKeeper({ phase: "resuming", reason: "fenced", postgres: "down" });
    expect(rolesIn(seenBy(aPrimarySeen({ ...silent, keeper })))[0]).toBe("fenced");
  });

  it("of the standby's site calls the primary so only as long as it sees it, and nothing protected", () => {
    const status = seenBy(aStandbySeen(silent));
    expect(rolesIn(status)).toEqual(["primary", "standby", "down"]);
    expect(status.protected).toBe(false);
    const blind = seenBy(aStandbySeen({ ...silent, canReachPrimary: false }));
    expect(rolesIn(blind)).toEqual(["down", "standby", "down"]);
  });
});

it("calls a site silent whose heartbeats a quorum that answers does not have", () => {
  const status = seenBy(aPrimarySeen());
  expect(status.sites.west).toMatchObject({ role: "down", reasons: ["silent"] });
});
