import { describe, expect, it } from "vitest";
import { automationOff, decided, inShort, lapsed } from "../explain/decided-scene.ts";
import {
  aDatabase,
  aFollower,
  aFollowingKeeper,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aReplication,
  aStandbySeen,
  aSync,
  aView,
  someTime,
} from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import { beginRejoin, orderedRun, takeOverRun } from "../procedures/index.ts";
import type { RunRecord } from "../runs/index.ts";
import { decide } from "./decide.ts";
import { sentenceOf } from "./decision.ts";
import { defaultPolicy } from "./policy.ts";

const short = (o: Observation): string => inShort(decided(o));
const off = automationOff;
const open = (run: RunRecord, stepForMs = 0) => ({ run, revision: 50, stepForMs });

describe("the primary's controller", () => {
  it("does nothing while the region serves and is protected", () => {
    expect(short(aPrimarySeen())).toBe("serving-protected");
  });

  it("starts a primary that was fenced or restarted in its own term", () => {
    for (const phase of ["idle", "fenced", "standby"] as const) {
      const o = aPrimarySeen({ keeper: aKeeper({ phase, postgres: "down" }) });
      expect(short(o)).toBe("start-primary");
    }
  });

  it("restarts a dead PostgreSQL in place within its budget, then gives the term up at once", () => {
    const dead = aKeeper({ postgres: "down" });
    expect(short(aPrimarySeen({ keeper: dead }))).toBe("restart-postgres");
    const spent = aDatabase({ restartsLeft: 0 });
    const quorum = aQuorum({ sites: { west: { record: { site: "west" } as never, ageMs: 100 } } });
    expect(short(aPrimarySeen({ keeper: dead, postgres: spent, quorum }))).toBe("give-up");
  });

  it("does not give the term up to a standby that is not safe, nor with automation off", () => {
    const dead = aKeeper({ postgres: "down" });
    const postgres = aDatabase({ restartsLeft: 0 });
    const sites = { west: { record: { site: "west" } as never, ageMs: 100 } };
    const unsafe = aQuorum({ sites, view: aView({ sync: { safeToPromote: false } }) });
    expect(short(aPrimarySeen({ keeper: dead, postgres, quorum: unsafe }))).toBe(
      "restart-postgres",
    );
    const quorum = aQuorum({ sites, automation: off });
    expect(short(aPrimarySeen({ keeper: dead, postgres, quorum }))).toBe("restart-postgres");
  });

  it("lets Redis take writes where the region serves, whatever became of the run that should have", () => {
    const redis = { role: "replica", offset: 3, isLinked: false } as const;
    expect(short(aPrimarySeen({ redis }))).toBe("promote-redis");
  });

  it("tells its keeper what the plan says about unprotected geo writes", () => {
    const policy = { ...defaultPolicy, acceptUnprotected: false };
    expect(decide(aPrimarySeen(), policy)).toEqual({ kind: "accept-unprotected", accept: false });
    const keeper = aKeeper({ acceptUnprotected: false });
    expect(decide(aPrimarySeen({ keeper }), policy)).toMatchObject({ why: "serving-protected" });
  });

  it("goes on under the promise while the quorum is lost", () => {
    expect(short(aPrimarySeen({ quorum: aQuorum({ isAnswering: false }) }))).toBe(
      "quorum-lost-primary",
    );
  });

  it("stops local writes when quorum and standby are gone for longer than the RPO bound", () => {
    const quorum = aQuorum({ isAnswering: false });
    const late = aDatabase({
      replication: aReplication({ isActive: false, unconfirmedForMs: 6_000 }),
    });
    expect(short(aPrimarySeen({ quorum, postgres: late }))).toBe("suspend-writes");
    const early = aDatabase({
      replication: aReplication({ isActive: false, unconfirmedForMs: 4_000 }),
    });
    expect(short(aPrimarySeen({ quorum, postgres: early }))).toBe("async-cannot-be-recorded");
    expect(short(aPrimarySeen({ keeper: aKeeper({ isSuspended: true }) }))).toBe("resume-writes");
  });

  it("takes back what a dead run left drained, and a release that nobody used", () => {
    expect(short(aPrimarySeen({ keeper: aKeeper({ phase: "draining" }) }))).toBe("take-back");
    const released = (releasedForMs: number) =>
      aPrimarySeen({
        keeper: aKeeper({ phase: "released", postgres: "down" }),
        quorum: aQuorum({ releasedForMs, view: aView({ lease: { kind: "released" } }) }),
      });
    expect(short(released(1_000))).toBe("released-waiting");
    expect(short(released(11_000))).toBe("take-back");
  });

  it("writes the journal of a take-over whose controller died first", () => {
    const view = aView({ term: { run: "run-9" } });
    const decision = decided(aPrimarySeen({ quorum: aQuorum({ view, termRunMissing: true }) }));
    expect(decision).toMatchObject({
      kind: "adopt-run",
      run: { id: "run-9", term: 2, endsInTerm: 3 },
    });
  });
});

describe("weakening and strengthening, one step a turn", () => {
  const lost = (sinceMs: number) => aReplication({ isActive: false, sinceMs });
  const weakening = (changes: Partial<Observation> = {}) =>
    aPrimarySeen({
      quorum: aQuorum({ view: aView({ sync: { mode: "async", safeToPromote: false } }) }),
      ...changes,
    });

  it("waits for the standby at first", () => {
    expect(short(aPrimarySeen({ postgres: aDatabase({ replication: lost(4_000) }) }))).toBe(
      "standby-lost-waiting",
    );
  });

  it("records async first, with what the standby had confirmed as the floor", () => {
    const decision = decided(aPrimarySeen({ postgres: aDatabase({ replication: lost(5_000) }) }));
    expect(decision).toMatchObject({
      kind: "record-async",
      sync: { mode: "async", safeToPromote: false, geoFloor: "0/7000", standbyDataId: "data-west" },
    });
  });

  it("counts from the last confirmation, not from when the broken connection was noticed", () => {
    const silent = (unconfirmedForMs: number) =>
      aReplication({ isActive: false, sinceMs: 2_500, unconfirmedForMs });
    expect(short(aPrimarySeen({ postgres: aDatabase({ replication: silent(4_900) }) }))).toBe(
      "standby-lost-waiting",
    );
    expect(short(aPrimarySeen({ postgres: aDatabase({ replication: silent(5_000) }) }))).toBe(
      "record-async",
    );
  });

  it("weakens at once when other data than recorded confirms", () => {
    const replication = aReplication({ standbyDataId: "data-new" });
    expect(short(aPrimarySeen({ postgres: aDatabase({ replication }) }))).toBe("record-async");
  });

  it("revokes geo at the portals before PostgreSQL is relaxed", () => {
    const postgres = aDatabase({ replication: lost(6_000) });
    expect(short(weakening({ postgres }))).toBe("revoke-geo");
    expect(short(weakening({ postgres, geoRevokedAtRevision: 34 }))).toBe("revoke-geo");
    expect(short(weakening({ postgres, geoRevokedAtRevision: 35 }))).toBe("relax-sync");
    const relaxed = aDatabase({ replication: lost(7_000), isSyncEnforced: false });
    expect(short(weakening({ postgres: relaxed, geoRevokedAtRevision: 35 }))).toBe(
      "serving-unprotected",
    );
  });

  it("strengthens in the order enforce, canary, record, announce", () => {
    const keeper = aKeeper({ geo: { on: false, generation: 0 } });
    const with_ = (isSyncEnforced: boolean, canaryLsn: string | null, confirmedLsn: string) =>
      weakening({
        keeper,
        postgres: aDatabase({
          isSyncEnforced,
          replication: aReplication({ canaryLsn, confirmedLsn }),
        }),
      });
    expect(short(with_(false, null, "0/7000"))).toBe("enforce-sync");
    expect(short(with_(true, null, "0/7000"))).toBe("commit-canary");
    expect(short(with_(true, "0/8000", "0/7000"))).toBe("standby-catching-up");
    expect(decided(with_(true, "0/8000", "0/8000"))).toMatchObject({
      kind: "record-sync",
      sync: { mode: "sync", safeToPromote: true, geoFloor: "0/8000" },
    });
    expect(decided(aPrimarySeen({ keeper }))).toEqual({ kind: "announce-geo", generation: 35 });
  });

  it("records which data a new standby has, with everything ever called geo below the floor", () => {
    const view = aView({
      sync: { mode: "async", safeToPromote: false, standbyDataId: null, geoFloor: "0/100" },
    });
    const postgres = aDatabase({ isSyncEnforced: false, endLsn: "0/7777" });
    expect(decided(aPrimarySeen({ quorum: aQuorum({ view }), postgres }))).toMatchObject({
      kind: "record-standby",
      sync: { standbyDataId: "data-west", safeToPromote: false, geoFloor: "0/7777" },
    });
  });
});

describe("the standby's controller", () => {
  it("follows while the primary lives", () => {
    expect(short(aStandbySeen())).toBe("standby-streaming");
  });

  it("lets a Redis that still takes writes follow, unless automation is off", () => {
    const redis = { role: "primary", offset: 3, isLinked: false } as const;
    expect(decided(aStandbySeen({ redis }))).toEqual({ kind: "follow-redis", primary: "east" });
    const quorum = aQuorum({ automation: off });
    expect(short(aStandbySeen({ redis, quorum }))).toBe("standby-streaming");
  });

  it("takes over when both sources lapsed and it is recorded as safe", () => {
    const decision = decided(lapsed());
    expect(decision).toMatchObject({
      kind: "take-over",
      order: { force: false, withinRpo: false },
      alarm: false,
    });
    if (decision.kind !== "take-over") throw new Error("no take-over");
    expect(decision.order.run).toBe(decision.run.id);
  });

  it("does not take over while the quorum does not answer", () => {
    expect(short(lapsed({ quorum: aQuorum({ isAnswering: false }) }))).toBe("quorum-lost-standby");
  });

  it("does not take over on what the quorum said long ago", () => {
    expect(short(lapsed({ quorum: aQuorum({ ageMs: 3_001 }) }))).toBe("quorum-lost-standby");
  });

  it("takes over within the RPO bound when it is not recorded as safe; unknown means no", () => {
    const quorum = aQuorum({ view: aView({ sync: { mode: "async", safeToPromote: false } }) });
    expect(decided(lapsed({ quorum, estimatedLossMs: 800 }))).toMatchObject({
      kind: "take-over",
      order: { withinRpo: true },
    });
    expect(short(lapsed({ quorum, estimatedLossMs: 6_000 }))).toBe("standby-not-safe");
    expect(short(lapsed({ quorum, estimatedLossMs: null }))).toBe("standby-not-safe");
  });

  it.each([
    ["other data than recorded (re-cloned)", aFollower({ dataId: "data-new" })],
    ["another timeline", aFollower({ timeline: 2 })],
    ["less than the geo floor", aFollower({ endLsn: "0/5000" })],
    ["an unknown position", aFollower({ endLsn: null })],
  ])("does not take over with %s", (_, postgres) => {
    expect(short(lapsed({ postgres }))).toBe("standby-not-safe");
  });

  it("waits for at most 5 s while another site sees the primary serving, then takes over with an alarm", () => {
    const sightings = [{ by: "witness" as const, ageMs: 20 }];
    expect(short(lapsed({ sightings }))).toBe("veto");
    const stale = [{ by: "witness" as const, ageMs: 60 }];
    expect(short(lapsed({ sightings: stale }))).toBe("take-over");
    expect(decided(lapsed({ sightings, lapsedForMs: 5_000 }))).toMatchObject({
      kind: "take-over",
      alarm: true,
    });
  });

  it("does nothing destructive by itself with automation off", () => {
    expect(short(lapsed({ quorum: aQuorum({ automation: off }) }))).toBe("automation-off");
    const diverged = aStandbySeen({
      keeper: aFollowingKeeper({ phase: "fenced", postgres: "down" }),
      postgres: aDatabase({ newestTerm: 2, endLsn: "0/9000" }),
      quorum: aQuorum({ automation: off }),
    });
    expect(short(diverged)).toBe("automation-off");
  });

  it("waits after a completed failover, and not after one that failed", () => {
    expect(short(lapsed({ quorum: aQuorum({ lastFailoverAgeMs: 2_000 }) }))).toBe("cooldown");
    expect(short(lapsed({ quorum: aQuorum({ lastFailoverAgeMs: null }) }))).toBe("take-over");
  });

  it("leaves the next failover to a person when as many as the plan allows completed within the hour", () => {
    const failoversLastHour = defaultPolicy.failoversPerHourMax;
    const seen = lapsed({ quorum: aQuorum({ failoversLastHour }) });
    expect(short(seen)).toBe("flapping");
    expect(decide(seen, defaultPolicy)).toMatchObject({ alarm: true });
    const fewer = failoversLastHour - 1;
    expect(short(lapsed({ quorum: aQuorum({ failoversLastHour: fewer }) }))).toBe("take-over");
  });

  it("still takes over when the primary dies in the middle of a switchover", () => {
    const order = {
      kind: "switchover",
      to: "west",
      by: "otto",
      reason: "test",
      force: false,
      acceptGeoLoss: false,
      ignored: [],
    } as const;
    const run = orderedRun(aPrimarySeen(), aView(), order);
    expect(short(lapsed({ quorum: aQuorum({ openRuns: [open(run)] }) }))).toBe("take-over");
  });
});

describe("a region that returns", () => {
  const history = [
    {
      term: 2,
      primary: "west" as const,
      endedBy: "failover" as const,
      successor: "east" as const,
      run: null,
      successorLsn: "0/5000",
      endedAt: someTime,
    },
  ];
  const returning = (changes: Partial<Observation> = {}) =>
    aStandbySeen({
      keeper: aFollowingKeeper({ phase: "fenced", postgres: "down", lapsesInMs: null }),
      quorum: aQuorum({ history }),
      ...changes,
    });

  it("follows as it is when its log ended where its successor forked off", () => {
    const postgres = aDatabase({ newestTerm: 2, endLsn: "0/5000" });
    expect(short(returning({ postgres }))).toBe("start-standby");
  });

  it("rejoins when it wrote on, and when nobody knows", () => {
    const tail = aDatabase({ newestTerm: 2, endLsn: "0/5001" });
    expect(decided(returning({ postgres: tail }))).toMatchObject({
      kind: "begin-rejoin",
      run: { kind: "rejoin", from: "west", to: "east" },
    });
    const unknown = aDatabase({ newestTerm: null, endLsn: null });
    expect(short(returning({ postgres: unknown }))).toBe("begin-rejoin");
  });

  it("clones an empty directory, without anything to quarantine", () => {
    const postgres = aDatabase({
      directory: "empty",
      dataId: null,
      newestTerm: null,
      endLsn: null,
    });
    expect(short(returning({ postgres }))).toBe("begin-rejoin");
  });

  it("is rejoined again when it follows but receives nothing although the primary is reachable", () => {
    const sites = {
      east: { record: { site: "east", postgres: { state: "primary" } } as never, ageMs: 100 },
    };
    const postgres = aFollower({ receiver: { isStreaming: false, silentMs: 11_000 } });
    const o = aStandbySeen({ postgres, quorum: aQuorum({ sites }) });
    expect(decided(o)).toMatchObject({ kind: "begin-rejoin", run: { stuckDataId: "data-west" } });
  });

  it("continues its own open run instead of beginning another", () => {
    const run = beginRejoin(returning(), aView(), "east", null);
    const postgres = aDatabase({ newestTerm: 2, endLsn: "0/9000" });
    expect(
      short(returning({ postgres, quorum: aQuorum({ history, openRuns: [open(run)] }) })),
    ).toBe("continue-run");
  });

  it("does not begin a second rejoin while the primary of the first is silent", () => {
    const run = beginRejoin(returning(), aView(), "east", null);
    const steps = run.steps.map((step, index) =>
      index < 3 ? { ...step, state: { kind: "done" as const, evidence: [], tookMs: 1 } } : step,
    );
    const o = returning({
      keeper: aFollowingKeeper({ postgres: "down", lapsesInMs: 0 }),
      postgres: aDatabase({ newestTerm: 2, endLsn: "0/9000" }),
      lapsedForMs: 500,
      quorum: aQuorum({ history, openRuns: [open({ ...run, steps })] }),
    });
    expect(short(o)).toBe("run-elsewhere");
  });

  it("gives up a run of an older term: nothing of it may be applied any more", () => {
    const run = { ...beginRejoin(returning(), aView(), "east", null), term: 2, endsInTerm: 2 };
    expect(short(returning({ quorum: aQuorum({ history, openRuns: [open(run)] }) }))).toBe(
      "supersede-run",
    );
  });
});

describe("every controller", () => {
  it("holds, with an alarm, while its keeper is silent or halted", () => {
    expect(decided(aPrimarySeen({ keeper: null }))).toEqual({
      kind: "hold",
      why: "keeper-silent",
      alarm: true,
    });
    expect(short(aPrimarySeen({ keeper: aKeeper({ phase: "halted" }) }))).toBe("keeper-halted");
  });

  it("has a sentence for what it decides", () => {
    expect(sentenceOf(decided(lapsed()))).toContain("begin a new term");
    expect(sentenceOf(decided(aPrimarySeen()))).toContain("safe to promote");
  });

  it("in the witness only watches, and ends what cannot go on", () => {
    const witness = (openRuns: Observation["quorum"]["openRuns"]) =>
      aPrimarySeen({
        self: "witness",
        keeper: null,
        postgres: null,
        quorum: aQuorum({ openRuns }),
      });
    expect(short(witness([]))).toBe("witness-watching");
    const run = takeOverRun(aStandbySeen(), aView(), {
      id: "r",
      term: 3,
      to: "west",
      withinRpo: false,
    });
    expect(short(witness([open(run, 1_000)]))).toBe("witness-watching");
    expect(short(witness([open(run, 41_000)]))).toBe("continue-run");
    expect(short(witness([open({ ...run, term: 1, endsInTerm: 2 })]))).toBe("supersede-run");
  });

  it("knows nothing of an uninitialised store", () => {
    const view = { ...aView(), term: { record: null, revision: 0 } };
    expect(short(aPrimarySeen({ quorum: aQuorum({ view }) }))).toBe("store-empty");
    expect(aSync().mode).toBe("sync");
  });
});
