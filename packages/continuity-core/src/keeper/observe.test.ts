import { describe, expect, it } from "vitest";
import type { QuorumView } from "../store/index.ts";
import { halt, hearLease, observe } from "./observe.ts";
import { anOrder, aTurn, RegionPair } from "./region-pair.ts";
import type { KeeperState, Phase } from "./state.ts";

const pair = RegionPair.serving();
const { now } = pair;
const atNow = (at = now) => aTurn(at);
const state = (site: "east" | "west", changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state(site),
  ...changes,
});
const view = (): QuorumView => pair.state("east").view as QuorumView;

/** The view with one record changed at a later revision. */
function later(part: "term" | "lease" | "sync", changes: object, by = 100): QuorumView {
  const { record, revision } = view()[part];
  return { ...view(), [part]: { record: { ...record, ...changes }, revision: revision + by } };
}

describe("a reading", () => {
  it("that is older than what is known changes nothing", () => {
    const known = state("west", { view: later("lease", { counter: 99 }) });
    const turn = atNow();
    expect(observe(known, turn, view())).toEqual(known);
    expect(turn.effects).toEqual([]);
  });

  it("of a new term begins the wait for that term, and keeps the longer plan of the one that ended", () => {
    const next = observe(
      state("west", { view: later("lease", { validityMs: 4_000 }, 0), lastPromiseMs: 77 }),
      atNow(),
      later("term", { term: 2, primary: "west" }),
    );
    expect(next).toMatchObject({
      termSeenAtMs: now,
      predecessorValidityMs: 4_000,
      lastPromiseMs: 77,
    });
    const shorter = observe(
      state("west", { view: later("lease", { validityMs: 100 }, 0) }),
      atNow(),
      later("term", { term: 2, primary: "west" }),
    );
    expect(shorter.predecessorValidityMs).toBe(shorter.parameters.leaseMs);
    const first = observe(state("west", { view: null }), atNow(), view());
    expect(first.predecessorValidityMs).toBe(first.parameters.leaseMs);
  });

  it("of a store that was empty until now is its first life, not another one", () => {
    const nobody = { record: null, revision: 0 };
    const empty = { ...view(), store: nobody, term: nobody, lease: nobody, sync: nobody };
    const turn = atNow();
    const next = observe(state("west", { view: empty }), turn, view());
    expect(turn.effects).toEqual([]);
    expect(next.view?.store.record?.generation).toBe(1);
  });

  it("of the same term keeps its wait, and restarts that of a lease that was renewed", () => {
    const known = state("west", { view: view(), termSeenAtMs: 5, leaseSeenAtMs: 6 });
    const { leaseSeenAtMs, termSeenAtMs } = observe(known, atNow(), later("lease", {}));
    expect([termSeenAtMs, leaseSeenAtMs]).toEqual([5, now]);
    expect(observe(known, atNow(), view()).leaseSeenAtMs).toBe(6);
  });
});

describe("another site's term", () => {
  const seen = later("term", { term: 2, primary: "west" });
  const seenIn = (phase: Phase, postgres: KeeperState["postgres"] = "primary") => {
    const turn = atNow();
    const next = observe(state("east", { phase, postgres }), turn, seen);
    return { next, kinds: turn.effects.map(({ kind }) => kind) };
  };

  it("fences whoever may still write, in every phase that is not a follower's", () => {
    const writing = { step: "revoking", untilMs: now, change: 1, finalLsn: null } as const;
    const phases: readonly Phase[] = [
      { kind: "serving" },
      { kind: "draining" },
      { kind: "resuming" },
      { kind: "recording-term" },
      { kind: "taking-back" },
      { kind: "releasing", ...writing },
      { kind: "fenced", why: "deadline" },
      { kind: "waiting-gate", order: anOrder(), step: "waiting" },
    ];
    for (const phase of phases) {
      const { kinds, next } = seenIn(phase);
      expect(next.phase).toEqual({ kind: "fenced", why: "higher-term" });
      expect(kinds).toContain("stop-postgres");
    }
  });

  it("leaves followers alone, and who is fenced for it or has released already", () => {
    const phases: readonly Phase[] = [
      { kind: "idle" },
      { kind: "standby" },
      { kind: "released" },
      { kind: "fenced", why: "higher-term" },
      { kind: "fenced", why: "store-changed" },
    ];
    for (const phase of phases) {
      const { kinds, next } = seenIn(phase, "down");
      expect(next.phase).toEqual(phase);
      expect(kinds).toEqual([]);
    }
  });
});

describe("another life of the store", () => {
  const reborn = (generation: number): QuorumView => ({
    ...later("term", { term: 5, primary: "west" }),
    store: { record: { id: `life-${generation}`, generation }, revision: 300 },
  });

  it("fences who may write, forgets its renewals, and opens the latch", () => {
    const serving = observe(state("east"), atNow(), reborn(2));
    expect(serving).toMatchObject({
      phase: { kind: "fenced", why: "store-changed" },
      renewedTerm: null,
      view: { store: { record: { generation: 2 } } },
    });
    const deciding: Phase = {
      kind: "deciding",
      order: anOrder(),
      view: view(),
      position: null,
      sent: true,
    };
    expect(observe(state("west", { phase: deciding }), atNow(), reborn(2)).phase.kind).toBe(
      "standby",
    );
  });

  it("is an alarm in every region, also where nothing has to be fenced", () => {
    const turn = atNow();
    expect(observe(state("west"), turn, reborn(2)).phase.kind).toBe("standby");
    expect(turn.effects).toMatchObject([{ kind: "alarm", alarm: "store-changed" }]);
  });

  it("stays fenced as what it was fenced for", () => {
    const fenced = { phase: { kind: "fenced", why: "higher-term" }, postgres: "down" } as const;
    expect(observe(state("east", fenced), atNow(), reborn(2)).phase).toEqual(fenced.phase);
  });

  it("says nothing when it is an older one, but for an alarm", () => {
    const turn = atNow();
    const known = state("east");
    expect(observe(known, turn, reborn(1))).toBe(known);
    expect(turn.effects).toMatchObject([{ kind: "alarm", alarm: "older-store" }]);
  });
});

describe("a decided take-over", () => {
  const order = anOrder();
  const phase: Phase = { kind: "deciding", order, view: view(), position: null, sent: true };
  const judged = (seen: QuorumView): string =>
    observe(state("west", { phase }), atNow(), seen).phase.kind;

  it("has won when the term names its claim, and lost when its comparisons cannot hold any more", () => {
    expect(judged(later("term", { term: 2, primary: "west", claim: order.claim }))).toBe(
      "waiting-gate",
    );
    expect(judged(later("term", { term: 2, primary: "east", claim: "another" }))).toBe("standby");
    expect(judged(later("lease", {}))).toBe("standby");
    expect(judged(later("sync", {}))).toBe("standby");
    expect(judged(view())).toBe("deciding");
  });
});

describe("a release", () => {
  const seen = (bootId: string) => later("lease", { kind: "released", bootId });
  const phase: Phase = {
    kind: "releasing",
    step: "writing",
    untilMs: 0,
    change: 1,
    finalLsn: null,
  };

  it("is recognised by this life's own record, however its answer was lost", () => {
    const { bootId } = state("east");
    const openTxn = { attempt: 5, purpose: "release", sentAtMs: now } as const;
    expect(observe(state("east", { phase, openTxn }), atNow(), seen(bootId))).toMatchObject({
      phase: { kind: "released" },
      openTxn: null,
    });
    expect(observe(state("east", { phase }), atNow(), seen("another")).phase.kind).toBe(
      "releasing",
    );
    const early = { ...phase, step: "stopping" } as Phase;
    expect(observe(state("east", { phase: early }), atNow(), seen(bootId)).phase.kind).toBe(
      "releasing",
    );
  });
});

describe("another keeper's claim", () => {
  it("halts this one in any phase: database stopped, nothing awaited, nothing geo", () => {
    const keepers = {
      ...view().keepers,
      east: { record: { bootId: "another", claimedAt: "" }, revision: 400 },
    };
    const turn = atNow();
    const openTxn = { attempt: 5, purpose: "renew", sentAtMs: now } as const;
    const geo = { on: true, generation: 7 };
    const halted = observe(state("east", { openTxn, geo }), turn, { ...view(), keepers });
    expect(halted).toMatchObject({
      phase: { kind: "halted" },
      postgres: "stopping",
      openTxn: null,
      openPromise: null,
      geo: { on: false },
    });
    expect(turn.effects).toContainEqual({ kind: "stop-postgres", mode: "immediate" });
    expect(turn.effects).toContainEqual(
      expect.objectContaining({ kind: "alarm", alarm: "another-keeper" }),
    );
  });

  it("refuses whatever is owed, and stops no database that is down", () => {
    const turn = atNow();
    const owed = { id: 3, kind: "release" };
    const geoRevocation = { command: 4, change: 9 };
    const halted = halt(state("east", { owed, geoRevocation, postgres: "down" }), turn);
    expect(halted).toMatchObject({ owed: null, geoRevocation: null, postgres: "down" });
    const answers = turn.effects.filter(({ kind }) => kind === "answer-command");
    expect(answers).toMatchObject([
      { id: 3, outcome: { kind: "refused", why: "halted" } },
      { id: 4, outcome: { kind: "refused", why: "halted" } },
    ]);
    expect(turn.effects.map(({ kind }) => kind)).not.toContain("stop-postgres");
  });

  it("is final: a halted keeper takes nothing more out of what it reads", () => {
    const turn = atNow();
    const halted = { phase: { kind: "halted" }, postgres: "down" } as const;
    const next = observe(state("east", halted), turn, later("term", { term: 2, primary: "west" }));
    expect([next.phase, turn.effects]).toEqual([{ kind: "halted" }, []]);
  });
});

describe("a predecessor's claim", () => {
  const own = state("east");
  const claimed = (bootId: string, revision: number): QuorumView["keepers"] => ({
    ...view().keepers,
    east: { record: { bootId, claimedAt: "" }, revision },
  });

  it("in a reading that was answered before this keeper's own claim is old, not another keeper", () => {
    const known = { ...own, view: { ...view(), keepers: claimed(own.bootId, 400) } };
    const turn = atNow();
    expect(observe(known, turn, { ...view(), keepers: claimed("predecessor", 200) })).toEqual(
      known,
    );
    expect(turn.effects).toEqual([]);
  });

  it("is over when the answer to the own one arrives, although a later lease was heard before", () => {
    const keepers = claimed("predecessor", 6);
    const waiting = { ...own, siteClaimed: false, view: { ...view(), keepers } };
    const { revision } = view().lease;
    const heard = { ...later("lease", { counter: 99 }).lease, revision: revision + 20 };
    const hearing = hearLease(waiting, atNow(), heard);
    const answered = observe(hearing, atNow(), {
      ...view(),
      keepers: claimed(own.bootId, revision + 10),
    });
    expect(answered.view?.lease.revision).toBe(revision + 20);
    expect(answered.view?.keepers.east.record?.bootId).toBe(own.bootId);
    const again = { ...heard, revision: revision + 30 };
    const next = hearLease({ ...answered, siteClaimed: true }, atNow(), again);
    expect(next.phase.kind).not.toBe("halted");
  });
});

it("takes nothing out of a lease that is heard before one was read, or after it is gone", () => {
  const nobody = { record: null, revision: 0 };
  const heard = { ...view().lease, revision: view().lease.revision + 50 };
  const turn = atNow();
  for (const known of [null, { ...view(), lease: nobody }]) {
    const waiting = state("west", { view: known });
    expect(hearLease(waiting, turn, heard)).toBe(waiting);
  }
  const following = state("west");
  expect(hearLease(following, turn, { ...heard, record: null })).toBe(following);
  expect(turn.effects).toEqual([]);
});

describe("another record of the standby", () => {
  it("turns geo off; the one that was announced does not", () => {
    const geo = { on: true, generation: view().sync.revision };
    expect(observe(state("east", { geo }), atNow(), later("sync", {})).geo.on).toBe(false);
    expect(observe(state("east", { geo }), atNow(), later("lease", {})).geo.on).toBe(true);
  });
});
