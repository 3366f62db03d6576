import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView, SyncRecord, TermRecord } from "../store/index.ts";
import type { StandbyPosition } from "./events.ts";
import { anOrder, RegionPair } from "./region-pair.ts";
import { keeperRules as rules } from "./rules.ts";
import type { KeeperState, KnownPortal } from "./state.ts";

const { promiseMs: P, leaseMs: Q, guardMs: guard } = defaultParameters;
const pair = RegionPair.serving();
const standby = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("west"),
  ...changes,
});
const seen = (): QuorumView => pair.state("west").view as QuorumView;
const viewWith = (part: "term" | "lease" | "sync", changes: object): QuorumView => {
  const { record, revision } = seen()[part];
  return { ...seen(), [part]: { record: { ...record, ...changes }, revision } };
};
const without = (part: "term" | "lease"): QuorumView => ({
  ...seen(),
  [part]: { record: null, revision: 0 },
});

describe("durations", () => {
  it("of an observer have the guard on top, those of a holder have not", () => {
    expect(rules.promiseWaitMs(defaultParameters)).toBe(P + guard);
    expect(rules.leaseWaitMs(defaultParameters, Q)).toBe(Q + guard);
    expect(rules.promiseWorthMs(defaultParameters, P)).toBe(P);
  });

  it("are the larger plan's for an observer, the smaller plan's for a holder", () => {
    expect(rules.leaseWaitMs(defaultParameters, Q + 500)).toBe(Q + 500 + guard);
    expect(rules.leaseWaitMs(defaultParameters, Q - 500)).toBe(Q + guard);
    expect(rules.promiseWorthMs(defaultParameters, P - 500)).toBe(P - 500);
    expect(rules.promiseWorthMs(defaultParameters, P + 500)).toBe(P);
  });
});

describe("a promise is refused", () => {
  const question = {
    question: 1,
    storeId: seen().store.record?.id ?? "",
    term: 1,
    askerBootId: "e",
  };
  const refused = (changes: Partial<KeeperState>, asked: Partial<typeof question> = {}) =>
    rules.refusePromise(standby(changes), { ...question, ...asked });

  it("for one reason each, and given without one", () => {
    expect(refused({})).toBeNull();
    expect(refused({ phase: { kind: "halted" } })).toBe("halted");
    expect(refused({ view: null })).toBe("no-quorum-read-yet");
    expect(refused({ view: without("term") })).toBe("no-quorum-read-yet");
    expect(refused({ siteClaimed: false })).toBe("no-quorum-read-yet");
    expect(refused({}, { storeId: "another" })).toBe("another-store");
    expect(refused({}, { term: 2 })).toBe("unknown-term");
    expect(refused({ view: viewWith("term", { term: 2 }) })).toBe("stale-term");
    expect(refused({ view: viewWith("term", { primary: "west" }) })).toBe("not-standby");
    expect(refused({ view: viewWith("lease", { kind: "released" }) })).toBe("released");
  });

  it("while a take-over is decided, sent or not", () => {
    for (const sent of [true, false]) {
      const phase = {
        kind: "deciding",
        order: anOrder(),
        view: seen(),
        position: null,
        sent,
      } as const;
      expect(refused({ phase })).toBe("deciding");
    }
  });

  it("by no phase of a follower: who is fenced or idle can promise as well", () => {
    expect(refused({ phase: { kind: "idle" } })).toBeNull();
    expect(refused({ phase: { kind: "fenced", why: "higher-term" } })).toBeNull();
  });
});

describe("the primary has lapsed", () => {
  const lapses = (leaseSeenAtMs: number, lastPromiseMs: number, view = seen()): number =>
    rules.lapsesAtMs(standby({ leaseSeenAtMs, lastPromiseMs, view }));

  it("when the later of both waits is over, with the lease's own validity", () => {
    expect(lapses(5_000, 1_000)).toBe(5_000 + Q + guard);
    expect(lapses(1_000, 5_000)).toBe(5_000 + P + guard);
    expect(lapses(5_000, 1_000, viewWith("lease", { validityMs: 4_000 }))).toBe(
      5_000 + 4_000 + guard,
    );
  });

  it("never, as long as nothing was read or there is no lease", () => {
    expect(rules.lapsesAtMs(standby({ view: null }))).toBe(Number.POSITIVE_INFINITY);
    expect(lapses(0, 0, without("lease"))).toBe(Number.POSITIVE_INFINITY);
  });

  it("at once when it released this very term, and only then", () => {
    const skips = (changes: object): boolean => rules.releaseSkipsWaits(viewWith("lease", changes));
    expect(skips({ kind: "released" })).toBe(true);
    expect([skips({ kind: "held" }), skips({ kind: "released", term: 9 })]).toEqual([false, false]);
  });

  it("counted anew from each new revision of the lease, and from no repeat of an old one", () => {
    const state = standby({ leaseSeenAtMs: 1_000 });
    expect(rules.leaseSeenAt(state, seen(), 9_000)).toBe(1_000);
    const lease = { ...seen().lease, revision: seen().lease.revision + 1 };
    expect(rules.leaseSeenAt(state, { ...seen(), lease }, 9_000)).toBe(9_000);
    expect(rules.leaseSeenAt({ ...state, view: null }, seen(), 9_000)).toBe(9_000);
  });
});

describe("the gate opens", () => {
  const opens = (changes: Partial<KeeperState>, term: Partial<TermRecord> = {}): number =>
    rules.gateOpensAtMs(
      standby({
        lastPromiseMs: 5_000,
        termSeenAtMs: 6_000,
        view: viewWith("term", term),
        ...changes,
      }),
    );

  it("when the last promise is over, guard included", () => {
    expect(opens({}, { cause: "failover" })).toBe(5_000 + P + guard);
  });

  it("after a forced take-over when the lease that it ended is over as well, whatever its plan", () => {
    for (const cause of ["forced", "force-quorum"] as const) {
      expect(opens({ predecessorValidityMs: Q }, { cause })).toBe(6_000 + Q + guard);
      expect(opens({ predecessorValidityMs: 4_000 }, { cause })).toBe(6_000 + 4_000 + guard);
      expect(opens({ termSeenAtMs: 0 }, { cause })).toBe(5_000 + P + guard);
    }
  });

  it("at once for a term that was taken over a release, and for no other term", () => {
    expect(opens({ gateWaivedTerm: 1 })).toBe(6_000);
    expect(opens({ gateWaivedTerm: 2 })).toBe(5_000 + P + guard);
  });

  it("never as long as no term is known", () => {
    expect(opens({ view: null })).toBe(Number.POSITIVE_INFINITY);
    expect(opens({ view: without("term") })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a standby is promoted", () => {
  const position: StandbyPosition = { dataId: "data-west", timeline: 1, flushedLsn: "0/5000" };
  const safe = seen().sync.record as SyncRecord;
  const why = (
    sync: Partial<SyncRecord> | null,
    order: Parameters<typeof anOrder>[0] = { withinRpo: false },
  ): string | null =>
    rules.whyNotPromotable(position, sync === null ? null : { ...safe, ...sync }, anOrder(order));
  const unsafe = { safeToPromote: false };

  it("when it is recorded as safe, or for a reason that stands in for that", () => {
    expect(why({})).toBeNull();
    expect(why(unsafe)).toContain("not recorded as safe");
    expect(why(unsafe, { withinRpo: true })).toBeNull();
    expect(why(unsafe, { withinRpo: false, force: true })).toBeNull();
    expect(why(unsafe, { withinRpo: false, mustReach: "0/5000" })).toBeNull();
  });

  it("never as other data, on another timeline, or below the floor of geo writes", () => {
    for (const order of [{}, { force: true }, { mustReach: "0/5000" }]) {
      expect(why({ standbyDataId: "data-other" }, order)).toContain("not the data");
      expect(why({ timeline: 2 }, order)).toContain("another timeline");
      expect(why({ geoFloor: "0/5001" }, order)).toContain("acknowledged as geo");
      expect(why({ geoFloor: "0/5000" }, order)).toBeNull();
      expect(why({ geoFloor: null }, order)).toBeNull();
      expect(why({ standbyDataId: null }, order)).toContain("unknown state means no");
      expect(why(null, order)).toContain("unknown state means no");
    }
  });

  it("in a switchover only with the whole log of the primary, whoever accepts what", () => {
    for (const force of [false, true])
      expect(why({}, { mustReach: "0/5001", force, acceptGeoLoss: true })).toContain(
        "lacks the end",
      );
  });

  it("below the floor only by force and with the loss accepted, never by one of the two", () => {
    expect(why({ geoFloor: "0/9000" }, { force: true, acceptGeoLoss: true })).toBeNull();
    expect(why(null, { force: true, acceptGeoLoss: true })).toBeNull();
    expect(why({ geoFloor: "0/9000" }, { force: false, acceptGeoLoss: true })).not.toBeNull();
    expect(why({ geoFloor: "0/9000" }, { force: true, acceptGeoLoss: false })).not.toBeNull();
  });
});

describe("a decision can still win", () => {
  const changed = (part: "term" | "lease" | "sync"): QuorumView => ({
    ...seen(),
    [part]: { ...seen()[part], revision: seen()[part].revision + 1 },
  });
  const wins = (now: QuorumView, force = false): boolean =>
    rules.canStillWin(anOrder({ force }), seen(), now);

  it("as long as nothing that it compares has changed", () => {
    expect([wins(seen()), wins(seen(), true)]).toEqual([true, true]);
    expect([wins(changed("term")), wins(changed("term"), true)]).toEqual([false, false]);
    expect([wins(changed("lease")), wins(changed("sync"))]).toEqual([false, false]);
  });

  it("forced, whatever becomes of lease and standby", () => {
    expect([wins(changed("lease"), true), wins(changed("sync"), true)]).toEqual([true, true]);
  });

  it("in no other life of the store", () => {
    const store = { record: { id: "another", generation: 2 }, revision: seen().store.revision };
    expect([wins({ ...seen(), store }), wins({ ...seen(), store }, true)]).toEqual([false, false]);
  });
});

describe("a revocation is complete", () => {
  const startedAtMs = 1_000;
  const own = startedAtMs + Math.max(P, Q) + guard;
  const at = (portals: Record<string, KnownPortal>, until: "permit" | "geo" = "permit"): number =>
    rules.revocationCompleteAtMs(
      standby({ startedAtMs, portals: new Map(Object.entries(portals)) }),
      7,
      until,
    );
  const portal = (changes: Partial<KnownPortal> = {}): KnownPortal => ({
    seenChange: 6,
    permitUntilMs: 20_000,
    geoUntilMs: 15_000,
    ...changes,
  });

  it("not before every permit of an earlier life of this keeper is over", () => {
    expect(at({})).toBe(own);
    expect(at({ a: portal({ seenChange: 7 }) })).toBe(own);
  });

  it("not before the longer of both plans of an earlier life", () => {
    for (const plan of [{ promiseMs: 3_000 }, { leaseMs: 3_000 }]) {
      const parameters = { ...defaultParameters, ...plan };
      const state = standby({ startedAtMs, parameters, portals: new Map() });
      expect(rules.revocationCompleteAtMs(state, 7, "permit")).toBe(startedAtMs + 3_000 + guard);
    }
  });

  it("when each portal has seen the change, or its own permit is over, guard included", () => {
    expect(at({ a: portal() })).toBe(20_000 + guard);
    expect(at({ a: portal() }, "geo")).toBe(15_000 + guard);
    const two = { a: portal({ permitUntilMs: 30_000 }), b: portal() };
    expect(at(two)).toBe(30_000 + guard);
    expect(at({ a: portal({ seenChange: 8 }), b: portal() })).toBe(20_000 + guard);
  });
});

describe("who holds the term", () => {
  const holder = (changes: Partial<KeeperState> = {}): KeeperState => ({
    ...pair.state("east"),
    ...changes,
  });

  it("gives permits, and lengthens them by promises, after a renewal of its own in this term", () => {
    for (const rule of [rules.startsPermit, rules.mayUsePromise]) {
      expect(rule(holder({ renewedTerm: 1 }))).toBe(true);
      expect(rule(holder({ renewedTerm: null }))).toBe(false);
      expect(rule(holder({ renewedTerm: 1, view: viewWith("term", { term: 2 }) }))).toBe(false);
      expect(rule(holder({ renewedTerm: null, view: null }))).toBe(false);
    }
    expect(rules.trustsFoundLease(seen())).toBe(false);
  });

  it("stops its database at the deadline to the millisecond, running or still starting", () => {
    for (const postgres of ["primary", "starting-primary"] as const) {
      expect(rules.mustFence(holder({ postgres }), 5_000, 5_000)).toBe(true);
      expect(rules.mustFence(holder({ postgres }), 5_000, 4_999)).toBe(false);
    }
    for (const postgres of ["standby", "down", "stopping"] as const)
      expect(rules.mustFence(holder({ postgres }), 5_000, 9_000)).toBe(false);
  });

  it("is another keeper's site as soon as that one has claimed it after this one did", () => {
    expect(rules.isUsurped(holder(), "another")).toBe(true);
    expect(rules.isUsurped(holder(), holder().bootId)).toBe(false);
    expect(rules.isUsurped(holder({ siteClaimed: false }), "another")).toBe(false);
  });
});

it("believes a newer life of the store, never the same or an older one", () => {
  const life = (generation: number) => ({ id: `life-${generation}`, generation });
  const newer = rules.isNewerStore;
  expect([newer(life(1), life(2)), newer(null, life(1))]).toEqual([true, true]);
  expect([newer(life(2), life(1)), newer(life(1), life(1)), newer(life(1), null)]).toEqual([
    false,
    false,
    false,
  ]);
});

it("remembers its last promise through a start, as now, and through every term", () => {
  expect(rules.lastPromiseAtStart(1_234)).toBe(1_234);
  expect(rules.lastPromiseAfterTerm(standby({ lastPromiseMs: 77 }))).toBe(77);
});

it("lets only the awaited answer count", () => {
  expect(rules.stillWaitsFor(3, 3)).toBe(true);
  expect([rules.stillWaitsFor(3, 2), rules.stillWaitsFor(null, 3)]).toEqual([false, false]);
});

describe("what the store's watch tells", () => {
  const { lease } = seen();
  const counts = (record: object, revision = lease.revision + 1): boolean =>
    rules.countsHeard(seen(), {
      record: lease.record === null ? null : { ...lease.record, ...record },
      revision,
    });

  it("counts for the lease that was read, when it is newer than all that was read", () => {
    expect(counts({})).toBe(true);
    expect(counts({ kind: "released" })).toBe(true);
    expect(counts({}, lease.revision)).toBe(false);
    const sync = { ...seen().sync, revision: lease.revision + 5 };
    const heard = { record: lease.record, revision: lease.revision + 5 };
    expect(rules.countsHeard({ ...seen(), sync }, heard)).toBe(false);
  });

  it("does not count for another holder, another life or another term", () => {
    expect(counts({ bootId: "another life" })).toBe(false);
    expect(counts({ term: 2 })).toBe(false);
  });
});
