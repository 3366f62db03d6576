import { describe, expect, it } from "vitest";
import {
  aDatabase,
  aFollower,
  aPrimarySeen,
  aQuorum,
  aReplication,
  aStandbySeen,
  aSync,
  aView,
} from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import type { SyncRecord } from "../store/index.ts";
import { defaultPolicy } from "./policy.ts";
import { decideRules } from "./rules.ts";

/** Bounds that differ from each other, so that a rule that counts by another's bound is noticed. */
const policy = { ...defaultPolicy, rpoMs: 4_000 };

describe("a standby may be promoted by itself", () => {
  const judged = (changes: Partial<Observation>): string =>
    decideRules.promotable(aStandbySeen(changes), policy);
  const recorded = (sync: Partial<SyncRecord>): Partial<Observation> => ({
    quorum: aQuorum({ view: aView({ sync }) }),
  });

  it("when it is recorded as safe in this very term, with this data and timeline", () => {
    expect(judged({})).toBe("safe");
  });

  it("not when the record is of an earlier term", () => {
    expect(judged(recorded({ term: 2 }))).toBe("no");
  });

  it("not when other data, another timeline or nobody is recorded", () => {
    expect(judged(recorded({ standbyDataId: "data-other" }))).toBe("no");
    expect(judged(recorded({ timeline: 2 }))).toBe("no");
    expect(judged(recorded({ standbyDataId: null, timeline: null }))).toBe("no");
  });

  it("not when nothing is known of the record or of the own data", () => {
    const view = aView();
    const empty = { ...view, sync: { record: null, revision: 0 } };
    expect(judged({ quorum: aQuorum({ view: empty }) })).toBe("no");
    expect(judged({ quorum: aQuorum({ view: null }) })).toBe("no");
    expect(judged({ postgres: null })).toBe("no");
    const nobody = recorded({ standbyDataId: null });
    expect(judged({ ...nobody, postgres: aFollower({ dataId: null }) })).toBe("no");
  });

  it("not below the floor of what was acknowledged as geo, even where it is recorded as safe", () => {
    expect(judged({ postgres: aFollower({ endLsn: "0/5FFF" }) })).toBe("no");
    expect(judged({ postgres: aFollower({ endLsn: "0/6000" }) })).toBe("safe");
    expect(judged({ postgres: aFollower({ endLsn: null }) })).toBe("no");
    expect(judged({ ...recorded({ geoFloor: null }), postgres: aFollower() })).toBe("safe");
  });

  it("within the RPO bound to the millisecond, and never by an unknown loss", () => {
    const unsafe = recorded({ safeToPromote: false });
    expect(judged({ ...unsafe, estimatedLossMs: policy.rpoMs })).toBe("within-rpo");
    expect(judged({ ...unsafe, estimatedLossMs: policy.rpoMs + 1 })).toBe("no");
    expect(judged({ ...unsafe, estimatedLossMs: null })).toBe("no");
  });
});

describe("a veto", () => {
  const vetoed = (ageMs: number, lapsedForMs: number | null, by: "west" | "witness" = "witness") =>
    decideRules.isVetoed(aStandbySeen({ lapsedForMs, sightings: [{ by, ageMs }] }), policy);

  it("is a sight of somebody else made after the lapse, for 5 s at most", () => {
    expect(vetoed(100, 101)).toBe(true);
    expect(vetoed(100, policy.vetoMs - 1)).toBe(true);
    expect(vetoed(100, policy.vetoMs)).toBe(false);
  });

  it("is no sight from before the lapse, nor the own one, nor one of a primary that lives", () => {
    expect(vetoed(101, 101)).toBe(false);
    expect(vetoed(100, 1_000, "west")).toBe(false);
    expect(vetoed(100, null)).toBe(false);
  });
});

describe("a cooldown", () => {
  it("ends on time, and does not begin without a completed failover", () => {
    const cooling = (lastFailoverAgeMs: number | null) =>
      decideRules.isCooling(aStandbySeen({ quorum: aQuorum({ lastFailoverAgeMs }) }), policy);
    expect(cooling(policy.cooldownMs - 1)).toBe(true);
    expect(cooling(policy.cooldownMs)).toBe(false);
    expect(cooling(null)).toBe(false);
  });
});

describe("weakening", () => {
  const must = (replication: ReturnType<typeof aReplication> | null) =>
    decideRules.mustWeaken(aPrimarySeen({ postgres: aDatabase({ replication }) }), aSync(), policy);

  it("waits for its delay since the last confirmation, connected or not", () => {
    const { weakenAfterMs } = policy;
    for (const isActive of [true, false]) {
      const lost = { isActive, sinceMs: 100 };
      expect(must(aReplication({ ...lost, unconfirmedForMs: weakenAfterMs - 1 }))).toBe(false);
      expect(must(aReplication({ ...lost, unconfirmedForMs: weakenAfterMs }))).toBe(true);
    }
    expect(must(aReplication({ isActive: false, sinceMs: weakenAfterMs - 1 }))).toBe(false);
    expect(must(aReplication({ isActive: false, sinceMs: weakenAfterMs }))).toBe(true);
    expect(must(aReplication({ isActive: true, sinceMs: weakenAfterMs }))).toBe(false);
  });

  it("is needed at once when another standby is connected, and not while one is not yet known", () => {
    expect(must(aReplication({ standbyDataId: "data-other" }))).toBe(true);
    expect(must(aReplication({ standbyDataId: null }))).toBe(false);
  });

  it("is not begun by a look that shows no replication at all", () => {
    expect(must(null)).toBe(false);
  });

  it("never lowers the floor of what was acknowledged as geo", () => {
    const floor = decideRules.geoFloor;
    expect(floor("0/6000", aReplication({ confirmedLsn: "0/7000" }))).toBe("0/7000");
    expect(floor("0/7000", aReplication({ confirmedLsn: "0/6000" }))).toBe("0/7000");
    expect(floor("0/7000", null)).toBe("0/7000");
    expect(floor(null, aReplication({ confirmedLsn: "0/6000" }))).toBe("0/6000");
    expect(floor(null, null)).toBeNull();
  });

  it("relaxes only what is recorded as asynchronous, revoked for this very record", () => {
    const may = (mode: "sync" | "async", geoRevokedAtRevision: number | null) =>
      decideRules.mayRelax(aPrimarySeen({ geoRevokedAtRevision }), aSync({ mode }), 35);
    expect(may("async", 35)).toBe(true);
    expect([may("async", 34), may("async", null), may("sync", 35)]).toEqual([false, false, false]);
  });
});

describe("strengthening", () => {
  it("records as safe only what has flushed the canary", () => {
    const may = (confirmedLsn: string | null, canaryLsn: string | null) =>
      decideRules.mayRecordSafe(aReplication({ confirmedLsn, canaryLsn }));
    expect(may("0/8000", "0/8000")).toBe(true);
    expect([may("0/7FFF", "0/8000"), may(null, "0/8000"), may("0/8000", null)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("announces only what is recorded as synchronous and safe, and enforced", () => {
    const may = (sync: Partial<SyncRecord>, isSyncEnforced = true) =>
      decideRules.mayAnnounce(
        aPrimarySeen({ postgres: aDatabase({ isSyncEnforced }) }),
        aSync(sync),
      );
    expect(may({})).toBe(true);
    expect([may({ mode: "async" }), may({ safeToPromote: false }), may({}, false)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("local writes stop", () => {
  const must = (unconfirmedForMs: number | null, isAnswering = false) =>
    decideRules.mustSuspend(
      aPrimarySeen({
        quorum: aQuorum({ isAnswering }),
        postgres: aDatabase({
          replication: unconfirmedForMs === null ? null : aReplication({ unconfirmedForMs }),
        }),
      }),
      policy,
    );

  it("beyond the RPO bound while neither quorum nor standby is reached", () => {
    expect([must(policy.rpoMs + 1), must(policy.rpoMs)]).toEqual([true, false]);
  });

  it("neither while the quorum answers nor by a look that shows no replication", () => {
    expect([must(60_000, true), must(null)]).toEqual([false, false]);
  });
});

describe("the kill switch", () => {
  it("is on where nobody ever set it, and follows its record", () => {
    const may = (enabled: boolean | null) => {
      const record = { by: "anna", reason: "", changedAt: "2026-01-01T00:00:00.000Z", until: null };
      const automation = enabled === null ? null : { record: { ...record, enabled }, revision: 4 };
      return decideRules.mayActByItself(aStandbySeen({ quorum: aQuorum({ automation }) }));
    };
    expect([may(null), may(true), may(false)]).toEqual([true, true, false]);
  });
});
