import { describe, expect, it } from "vitest";
import { automationOff, decided, inShort, lapsed } from "../explain/decided-scene.ts";
import { aSwitchover, atStep } from "../explain/run-scene.ts";
import {
  aDatabase,
  aFollower,
  aFollowingKeeper,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aReplication,
  aStandbySeen,
  aView,
  someTime,
} from "../explain/scene.ts";
import type { Observation } from "../observe/index.ts";
import { beginRejoin, takeOverRun } from "../procedures/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { defaultPolicy as policy } from "./policy.ts";

const short = (o: Observation): string => inShort(decided(o));
const heartbeat = (ageMs: number) => ({ west: { record: { site: "west" } as never, ageMs } });

const ordered = aSwitchover();

describe("an automatic take-over", () => {
  it("is ordered as what it is: no force, no accepted loss, by a run that names it", () => {
    expect(decided(lapsed({ estimatedLossMs: 812.4 }))).toMatchObject({
      order: {
        claim: "fresh-1",
        run: "fresh-1",
        cause: "failover",
        evidence: [
          "lease and promise lapsed, guard included",
          "standby recorded as safe",
          "estimated loss 812 ms",
        ],
        force: false,
        withinRpo: false,
        mustReach: null,
        acceptGeoLoss: false,
        at: someTime,
      },
      run: { id: "fresh-1", kind: "failover", term: 3, endsInTerm: 4, from: "east", to: "west" },
    });
  });

  it("names only what is known: no safety that is not recorded, no loss that nobody can tell", () => {
    const quorum = aQuorum({ view: aView({ sync: { mode: "async", safeToPromote: false } }) });
    const told = decided(lapsed({ quorum, estimatedLossMs: 100 }));
    expect(told).toMatchObject({
      order: { evidence: ["lease and promise lapsed, guard included", "estimated loss 100 ms"] },
      run: { withinRpo: true },
    });
    expect(decided(lapsed({ estimatedLossMs: null }))).toMatchObject({
      order: { evidence: ["lease and promise lapsed, guard included", "standby recorded as safe"] },
    });
  });

  it("over a release needs the end of the log, waits for no veto, and is no alarm", () => {
    const released = aView({ lease: { kind: "released", finalLsn: "0/6500" } });
    const quorum = aQuorum({ view: released, releasedForMs: 60_000 });
    const sightings = [{ by: "witness" as const, ageMs: 1 }];
    expect(decided(lapsed({ quorum, sightings }))).toMatchObject({
      order: {
        mustReach: "0/6500",
        evidence: [
          "the primary gave the term up",
          "standby recorded as safe",
          "estimated loss 0 ms",
        ],
      },
      alarm: false,
    });
  });

  it("reads the quorum at most 3 s before, and so does a rejoin", () => {
    const aged = (ageMs: number) => aQuorum({ ageMs });
    expect(short(lapsed({ quorum: aged(policy.quorumAgeMaxMs) }))).toBe("take-over");
    expect(short(lapsed({ quorum: aged(policy.quorumAgeMaxMs + 1) }))).toBe("quorum-lost-standby");
    const returning = (ageMs: number) =>
      aStandbySeen({
        keeper: aFollowingKeeper({ phase: "fenced", postgres: "down", lapsesInMs: null }),
        postgres: aDatabase({ newestTerm: 2, endLsn: "0/9000" }),
        quorum: aged(ageMs),
      });
    expect(short(returning(policy.quorumAgeMaxMs))).toBe("begin-rejoin");
    expect(short(returning(policy.quorumAgeMaxMs + 1))).toBe("quorum-lost-standby");
  });

  it("is an alarm when somebody saw the primary after the lapse, and none when it was before", () => {
    const seen = (ageMs: number) =>
      decided(lapsed({ lapsedForMs: policy.vetoMs, sightings: [{ by: "witness", ageMs }] }));
    expect(seen(policy.vetoMs - 1)).toMatchObject({ kind: "take-over", alarm: true });
    expect(seen(policy.vetoMs)).toMatchObject({ kind: "take-over", alarm: false });
  });

  it("is by the region that follows, whichever it is", () => {
    const view = aView({ term: { primary: "west" }, sync: { standbyDataId: "data-west" } });
    const keeper = aFollowingKeeper({ lapsesInMs: 0, primary: "west" });
    expect(decided(lapsed({ self: "east", keeper, quorum: aQuorum({ view }) }))).toMatchObject({
      kind: "take-over",
      run: { from: "west", to: "east" },
    });
  });

  it("begins with the very millisecond of the lapse, not before", () => {
    const keeper = (lapsesInMs: number | null) => aFollowingKeeper({ lapsesInMs });
    expect(short(aStandbySeen({ keeper: keeper(1) }))).toBe("standby-streaming");
    expect(short(aStandbySeen({ keeper: keeper(null) }))).toBe("standby-streaming");
    expect(short(lapsed())).toBe("take-over");
  });
});

describe("a primary without its database", () => {
  const dead = (changes: Partial<Observation> = {}): Observation =>
    aPrimarySeen({
      keeper: aKeeper({ postgres: "down" }),
      postgres: aDatabase({ restartsLeft: 0 }),
      quorum: aQuorum({ sites: heartbeat(100) }),
      ...changes,
    });

  it("gives up only towards a region whose heartbeat is fresh", () => {
    const beat = (ageMs: number) => short(dead({ quorum: aQuorum({ sites: heartbeat(ageMs) }) }));
    expect(beat(policy.weakenAfterMs - 1)).toBe("give-up");
    expect(beat(policy.weakenAfterMs)).toBe("restart-postgres");
    expect(short(dead({ quorum: aQuorum() }))).toBe("restart-postgres");
  });

  it("does not count its own heartbeat as the other region's", () => {
    const sites = { east: { record: { site: "east" } as never, ageMs: 100 } };
    expect(short(dead({ quorum: aQuorum({ sites }) }))).toBe("restart-postgres");
  });

  it("gives up whichever region it is, to the other one", () => {
    const sites = { east: { record: { site: "east" } as never, ageMs: 100 } };
    const view = aView({ term: { primary: "west" } });
    const keeper = aKeeper({ postgres: "down", primary: "west" });
    const west = { self: "west", keeper, quorum: aQuorum({ sites, view }) } as const;
    expect(short(dead(west))).toBe("give-up");
    expect(short(dead({ ...west, quorum: aQuorum({ sites: heartbeat(100), view }) }))).toBe(
      "restart-postgres",
    );
  });

  it("restarts as long as one restart is left", () => {
    expect(short(dead({ postgres: aDatabase({ restartsLeft: 1 }) }))).toBe("restart-postgres");
  });

  it("waits while it starts or stops", () => {
    for (const postgres of ["starting-primary", "stopping", "standby"] as const)
      expect(short(dead({ keeper: aKeeper({ postgres }) }))).toBe("postgres-changing");
  });
});

describe("a released term", () => {
  const seen = (
    releasedForMs: number | null,
    phase: "released" | "idle" | "fenced" | "standby" = "released",
    directory: "primary" | "standby" = "primary",
  ) =>
    short(
      aPrimarySeen({
        keeper: aKeeper({ phase, postgres: "down" }),
        postgres: aDatabase({ directory }),
        quorum: aQuorum({ releasedForMs, view: aView({ lease: { kind: "released" } }) }),
      }),
    );

  it("is taken back by whoever held it when nobody took it for 10 s", () => {
    for (const phase of ["released", "idle", "fenced", "standby"] as const) {
      expect(seen(policy.takeBackAfterMs - 1, phase)).toBe("released-waiting");
      expect(seen(policy.takeBackAfterMs, phase)).toBe("take-back");
    }
    expect(seen(null)).toBe("released-waiting");
  });

  it("is never taken back by a directory that follows by now", () => {
    expect(seen(60_000, "released", "standby")).toBe("released-waiting");
  });
});

describe("a standby that receives nothing", () => {
  const sites = (state: "primary" | "down") => ({
    east: { record: { site: "east", postgres: { state } } as never, ageMs: 100 },
  });
  const seen = (changes: Partial<Observation>, silentMs = policy.rejoinAfterMs): string =>
    short(
      aStandbySeen({
        postgres: aFollower({ receiver: { isStreaming: false, silentMs } }),
        quorum: aQuorum({ sites: sites("primary") }),
        ...changes,
      }),
    );

  it("is rejoined after 10 s, if the primary runs and can be reached from here", () => {
    expect(seen({})).toBe("begin-rejoin");
    expect(seen({}, policy.rejoinAfterMs - 1)).toBe("primary-live");
    expect(seen({ canReachPrimary: false })).toBe("primary-live");
    expect(seen({ quorum: aQuorum({ sites: sites("down") }) })).toBe("primary-live");
    expect(seen({ quorum: aQuorum() })).toBe("primary-live");
  });

  it("is left alone while it streams, or while nobody knows whether it does", () => {
    const streaming = aFollower({ receiver: { isStreaming: true, silentMs: 60_000 } });
    expect(seen({ postgres: streaming })).toBe("standby-streaming");
    expect(seen({ postgres: aFollower({ receiver: null }) })).toBe("primary-live");
  });
});

describe("an open run keeps a site from deciding by itself", () => {
  const open = (run: RunRecord) => aQuorum({ openRuns: [{ run, revision: 50, stepForMs: 0 }] });
  const handing = atStep(ordered, "handed-over", "another-life");

  it("while it moves the primary, but not once the region serves", () => {
    const idle = aKeeper({ phase: "resuming", postgres: "down" });
    expect(
      short(
        aPrimarySeen({ quorum: open(atStep(ordered, "taken-over", "another-life")), keeper: idle }),
      ),
    ).toBe("run-elsewhere");
    expect(
      short(aPrimarySeen({ quorum: open(atStep(ordered, "taken-over", "another-life")) })),
    ).toBe("serving-protected");
    expect(short(aStandbySeen({ quorum: open(handing) }))).toBe("run-elsewhere");
  });

  it("but a primary that dies in the middle is replaced; one that released only after 10 s", () => {
    const view = (kind: "held" | "released") => aView({ lease: { kind } });
    const seen = (kind: "held" | "released", releasedForMs: number | null) =>
      short(lapsed({ quorum: { ...open(handing), view: view(kind), releasedForMs } }));
    expect(seen("held", null)).toBe("take-over");
    const paused = { ...handing, state: { kind: "paused", by: "otto" } as const };
    const waiting = (releasedForMs: number) =>
      short(lapsed({ quorum: { ...open(paused), view: view("released"), releasedForMs } }));
    expect(waiting(60_000)).toBe("run-paused");
  });

  it("while its own rejoin goes on, and not while the other region's does", () => {
    const own = {
      ...beginRejoin(aStandbySeen(), aView(), "east", null),
      state: { kind: "paused", by: "otto" } as const,
    };
    expect(short(aStandbySeen({ quorum: open(own) }))).toBe("run-paused");
    expect(short(aPrimarySeen({ quorum: open(own) }))).toBe("serving-protected");
  });

  it("while an automatic take-over is on its way, for the region that takes over", () => {
    const run = takeOverRun(aStandbySeen(), aView(), {
      id: "f",
      term: 3,
      to: "west",
      withinRpo: false,
    });
    const begun = atStep(run, "taken-over", "another-life");
    const mine = begun.steps.map(
      (step, index): StepRecord =>
        index === 0
          ? { ...step, state: { kind: "running", by: "controller-west-1", since: someTime } }
          : step,
    );
    expect(short(lapsed({ quorum: open({ ...begun, steps: mine }) }))).toBe("run-waiting");
    expect(short(aPrimarySeen({ quorum: open(begun) }))).toBe("serving-protected");
  });
});

describe("a primary that is not started yet", () => {
  it("waits for what is still done to its directory, and for a database that stops", () => {
    const fenced = { keeper: aKeeper({ phase: "fenced", postgres: "down" }) } as const;
    expect(short(aPrimarySeen(fenced))).toBe("start-primary");
    expect(short(aPrimarySeen({ ...fenced, busyWith: "rewind" }))).toBe("busy");
    const stopping = aKeeper({ phase: "fenced", postgres: "stopping" });
    expect(short(aPrimarySeen({ keeper: stopping }))).toBe("postgres-changing");
  });

  it("gives up what cannot be started, to a safe region that is there, and asks a person otherwise", () => {
    const fenced = { keeper: aKeeper({ phase: "fenced", postgres: "down" }) } as const;
    for (const directory of ["damaged", "empty"] as const) {
      const postgres = aDatabase({ directory });
      const there = aQuorum({ sites: heartbeat(100) });
      expect(short(aPrimarySeen({ ...fenced, postgres, quorum: there }))).toBe("give-up");
      expect(short(aPrimarySeen({ ...fenced, postgres }))).toBe("no-data");
    }
    expect(short(aPrimarySeen({ ...fenced, postgres: aFollower() }))).toBe("start-primary");
  });
});

describe("a person is called", () => {
  const alarm = (o: Observation): boolean => {
    const decision = decided(o);
    if (decision.kind !== "hold") throw new Error(`decided ${decision.kind}`);
    return decision.alarm;
  };
  const silent = (changes: Parameters<typeof aQuorum>[0] = {}) =>
    aQuorum({ isAnswering: false, ...changes });
  const sightings = [{ by: "witness" as const, ageMs: 20 }];

  it("for what stops a take-over that is due", () => {
    const unsafe = aView({ sync: { mode: "async", safeToPromote: false } });
    expect(alarm(lapsed({ quorum: aQuorum({ automation: automationOff }) }))).toBe(true);
    expect(alarm(lapsed({ quorum: aQuorum({ ageMs: 60_000 }) }))).toBe(true);
    expect(alarm(lapsed({ quorum: aQuorum({ view: unsafe }), estimatedLossMs: null }))).toBe(true);
    expect(alarm(lapsed({ sightings }))).toBe(true);
    expect(alarm(lapsed({ quorum: aQuorum({ lastFailoverAgeMs: 1_000 }) }))).toBe(true);
  });

  it("for a quorum that does not answer, in each site, and for writes that are stopped", () => {
    const witness = { self: "witness", keeper: null, postgres: null } as const;
    expect(alarm(aPrimarySeen({ ...witness, quorum: silent() }))).toBe(true);
    expect(alarm(aPrimarySeen({ quorum: silent() }))).toBe(true);
    expect(alarm(aStandbySeen({ quorum: silent() }))).toBe(true);
    const lost = aDatabase({ replication: aReplication({ unconfirmedForMs: policy.rpoMs + 1 }) });
    const keeper = aKeeper({ isSuspended: true });
    const stopped = aPrimarySeen({ keeper, postgres: lost, quorum: silent() });
    expect([short(stopped), alarm(stopped)]).toEqual(["writes-suspended", true]);
  });

  it("for a keeper that is halted, a store that is empty, a region that nobody can start or rejoin", () => {
    expect(alarm(aPrimarySeen({ keeper: aKeeper({ phase: "halted" }) }))).toBe(true);
    const view = { ...aView(), lease: { record: null, revision: 0 } };
    expect(alarm(aPrimarySeen({ quorum: aQuorum({ view }) }))).toBe(true);
    const keeper = aKeeper({ phase: "fenced", postgres: "down" });
    expect(alarm(aPrimarySeen({ keeper, postgres: aDatabase({ directory: "empty" }) }))).toBe(true);
    const returning = {
      keeper: aFollowingKeeper({ phase: "fenced", postgres: "down", lapsesInMs: null }),
      postgres: aDatabase({ newestTerm: 2, endLsn: "0/9000" }),
    } as const;
    const off = aQuorum({ automation: automationOff });
    expect(alarm(aStandbySeen({ ...returning, quorum: off }))).toBe(true);
    expect(alarm(aStandbySeen({ ...returning, quorum: aQuorum({ ageMs: 60_000 }) }))).toBe(true);
  });

  it("for a standby that is lost, and not for a day on which all is well", () => {
    const gone = aDatabase({ replication: aReplication({ isActive: false, sinceMs: 100 }) });
    expect(alarm(aPrimarySeen({ postgres: gone }))).toBe(true);
    expect([alarm(aPrimarySeen()), alarm(aStandbySeen())]).toEqual([false, false]);
  });
});

describe("a region whose writes are stopped", () => {
  it("takes writes again as soon as the quorum or the standby is reached", () => {
    const keeper = aKeeper({ isSuspended: true });
    expect(short(aPrimarySeen({ keeper }))).toBe("resume-writes");
    const quorum = aQuorum({ isAnswering: false });
    expect(short(aPrimarySeen({ keeper, quorum }))).toBe("resume-writes");
  });

  it("stops them while it is drained as well", () => {
    const lost = aDatabase({ replication: aReplication({ unconfirmedForMs: policy.rpoMs + 1 }) });
    const keeper = aKeeper({ phase: "draining" });
    const quorum = aQuorum({ isAnswering: false });
    expect(short(aPrimarySeen({ keeper, postgres: lost, quorum }))).toBe("suspend-writes");
  });
});

it("does nothing to a standby's directory while a local action still goes on", () => {
  const keeper = aFollowingKeeper({ phase: "fenced", postgres: "down", lapsesInMs: null });
  const postgres = aDatabase({ newestTerm: 2, endLsn: "0/9000" });
  expect(short(aStandbySeen({ keeper, postgres, busyWith: "clone" }))).toBe("busy");
  const starting = aFollowingKeeper({ postgres: "starting-standby", lapsesInMs: null });
  expect(short(aStandbySeen({ keeper: starting, postgres }))).toBe("postgres-changing");
});

it("lets no run of another system's plan keep a region from its own decisions", () => {
  const plan: RunRecord = {
    ...atStep(ordered, "taken-over", "another-life"),
    kind: "plan",
    state: { kind: "paused", by: "otto" },
  };
  const openRuns = [{ run: plan, revision: 50, stepForMs: 0 }];
  const fenced = aKeeper({ phase: "fenced", postgres: "down" });
  expect(short(aPrimarySeen({ keeper: fenced, quorum: aQuorum({ openRuns }) }))).toBe(
    "start-primary",
  );
});

it("adopts a term's run as what it is known to be: no loss was allowed that nobody recorded", () => {
  const view = aView({ term: { run: "run-9" } });
  expect(decided(aPrimarySeen({ quorum: aQuorum({ view, termRunMissing: true }) }))).toMatchObject({
    kind: "adopt-run",
    run: {
      id: "run-9",
      kind: "failover",
      to: "east",
      withinRpo: false,
      orderedBy: null,
      force: false,
    },
  });
});
