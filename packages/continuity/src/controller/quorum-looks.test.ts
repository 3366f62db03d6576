import {
  type LeaseRecord,
  orderedRun,
  type QuorumView,
  type RunRecord,
  runRecordSchema,
} from "@careline/continuity-core";
import { describe, expect, it } from "vitest";
import type { StoredRecord } from "../store/index.ts";
import { QuorumObserver, type QuorumObserverDeps } from "./quorum-observer.ts";

const wall = "2026-11-22T12:00:00.000Z";
const life = "00000000-0000-4000-8000-000000000001";
const never = new AbortController().signal;

function aLease(changes: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    kind: "held",
    site: "east",
    term: 3,
    bootId: "k1",
    counter: 1,
    validityMs: 1_250,
    finalLsn: null,
    ...changes,
  };
}

function aView(revision: number, lease: Partial<LeaseRecord> = {}, run: string | null = null) {
  return {
    store: { record: { id: life, generation: 1 }, revision: 1 },
    term: { record: { term: 3, primary: "east", run }, revision: 5 },
    lease: { record: aLease(lease), revision },
    sync: { record: null, revision: 0 },
    keepers: {},
  } as unknown as QuorumView;
}

function aRun(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  const o = { controllerBootId: "c1", fresh: { id, at: wall } };
  const term = { record: { term: 3 } };
  const view = { store: { record: { id: life, generation: 1 } }, term };
  const order = { kind: "switchover", to: "west", by: "otto", reason: "test" } as const;
  type Ordered = Parameters<typeof orderedRun>;
  const run = orderedRun(o as unknown as Ordered[0], view as unknown as Ordered[1], {
    ...order,
    force: false,
    acceptGeoLoss: false,
    ignored: [],
  });
  return runRecordSchema.parse({ ...run, ...changes });
}

/** An observer with a store that is a map, and a clock that is moved by hand. */
function aStage(first: QuorumView = aView(10)) {
  let now = 1_000;
  const store = { view: first, isAnswering: true, revision: 10, applies: true };
  const kept = new Map<string, StoredRecord>();
  const asked: string[][] = [];
  const under = (prefixes: readonly string[]) => ({
    storeRevision: store.revision,
    records: new Map([...kept].filter(([key]) => prefixes.some((each) => key.startsWith(each)))),
  });
  const deps = {
    clock: { monotonicMs: () => now, wallNow: () => new Date(wall) },
    log: { error: (): void => undefined, warn: (): void => undefined },
    records: {
      readWith: async (beside: readonly string[], prefixes: readonly string[]) => {
        asked.push([...prefixes]);
        if (!store.isAnswering) throw new Error("no majority");
        return { ...under([...beside, ...prefixes]), view: store.view };
      },
      apply: async () => ({
        succeeded: store.applies,
        revision: store.applies ? store.revision : null,
        view: store.view,
      }),
    },
    channel: { readPrefix: async (prefix: string) => under([prefix]) },
  };
  const observer = new QuorumObserver(deps as unknown as QuorumObserverDeps);
  return {
    observer,
    store,
    asked,
    remove: (key: string): boolean => kept.delete(key),
    put(key: string, record: object): StoredRecord {
      store.revision += 1;
      const stored = { key, text: JSON.stringify(record), revision: store.revision };
      kept.set(key, stored);
      return stored;
    },
    pass: (ms: number): number => (now += ms),
    look: () => observer.look(never),
  };
}

describe("what a controller knows of the quorum", () => {
  it("is nothing before it has looked, and as old as the newest answer from then on", async () => {
    const stage = aStage();
    expect(stage.observer.seen()).toMatchObject({
      isAnswering: false,
      view: null,
      ageMs: Infinity,
    });
    await stage.look();
    stage.pass(250);
    expect(stage.observer.seen()).toMatchObject({ isAnswering: true, ageMs: 250 });
    expect(stage.observer.seen().view?.lease.revision).toBe(10);
  });

  it("stays, and grows old, while the store does not answer", async () => {
    const stage = aStage();
    await stage.look();
    stage.store.isAnswering = false;
    stage.pass(400);
    await stage.look();
    expect(stage.observer.seen()).toMatchObject({ isAnswering: false, ageMs: 400 });
    expect(stage.observer.seen().view?.lease.revision).toBe(10);
    stage.store.isAnswering = true;
    await stage.look();
    expect(stage.observer.seen()).toMatchObject({ isAnswering: true, ageMs: 0 });
  });

  it("never goes back to an older answer, but follows the store into another life", async () => {
    const stage = aStage(aView(20));
    await stage.look();
    stage.store.view = aView(19);
    await stage.look();
    expect(stage.observer.seen().view?.lease.revision).toBe(20);
    const another = { record: { id: "another", generation: 2 }, revision: 2 };
    stage.store.view = { ...aView(3), store: another } as QuorumView;
    await stage.look();
    expect(stage.observer.seen().view?.store.record?.generation).toBe(2);
  });

  it("includes the kill switch as it stands, and that nobody ever set it", async () => {
    const stage = aStage();
    await stage.look();
    expect(stage.observer.seen().automation).toEqual({ record: null, revision: 0 });
    const off = { enabled: false, by: "otto", reason: "test", changedAt: wall, until: null };
    stage.put("automation", off);
    await stage.look();
    expect(stage.observer.seen().automation).toEqual({ record: off, revision: 11 });
  });
});

it("includes the heartbeat of each site, as old as its last change", async () => {
  const stage = aStage();
  const beat = (number: number) =>
    stage.put("sites/west", {
      site: "west",
      controllerBootId: "c",
      keeperBootId: null,
      version: "1",
      beat: number,
      postgres: null,
      redis: null,
      diskFreeBytes: null,
      certificateDaysLeft: null,
      settingsDigest: null,
      sees: [],
      seesPrimaryServing: false,
      reportedAt: wall,
    });
  beat(1);
  await stage.look();
  beat(2);
  await stage.look();
  stage.pass(300);
  await stage.look();
  expect(stage.observer.seen().sites.west).toMatchObject({ record: { beat: 2 }, ageMs: 300 });
});

describe("runs and history", () => {
  it("are read with the first look, then each 5 s, and at once after a look that failed", async () => {
    const stage = aStage();
    const slow = ["sites/", "runs/", "history/", "drills/"];
    await stage.look();
    stage.pass(4_999);
    await stage.look();
    stage.pass(1);
    stage.store.isAnswering = false;
    await stage.look();
    stage.store.isAnswering = true;
    await stage.look();
    await stage.look();
    expect(stage.asked).toEqual([slow, ["sites/"], slow, slow, ["sites/"]]);
  });

  it("are read anew as soon as the watch tells that a term has ended", async () => {
    const stage = aStage();
    await stage.look();
    expect(stage.observer.take({ key: "history/3", text: "{}", revision: 12 })).toBe(true);
    await stage.look();
    expect(stage.asked[1]).toContain("history/");
  });

  it("hold the terms that ended, newest first", async () => {
    const stage = aStage();
    for (const term of [1, 3, 2])
      stage.put(`history/${term}`, {
        term,
        primary: "east",
        endedBy: "failover",
        successor: "west",
        run: null,
        successorLsn: "0/5000",
        endedAt: wall,
      });
    await stage.look();
    expect(stage.observer.seen().history.map(({ term }) => term)).toEqual([3, 2, 1]);
  });

  it("say that the term's run is missing only when the journal was read and has no such run", async () => {
    const stage = aStage(aView(10, {}, "r-9"));
    expect(stage.observer.seen().termRunMissing).toBe(false);
    await stage.look();
    expect(stage.observer.seen().termRunMissing).toBe(true);
    stage.put("runs/r-9", aRun("r-9"));
    await stage.look();
    expect(stage.observer.seen().termRunMissing).toBe(false);
    stage.store.view = aView(11);
    await stage.look();
    expect(stage.observer.seen().termRunMissing).toBe(false);
  });
});

describe("open runs", () => {
  const opened = (stage: ReturnType<typeof aStage>) =>
    stage.observer.seen().openRuns.map(({ run, revision }) => [run.id, revision]);

  it("are those that are not closed, oldest first; what the store has no more is gone", async () => {
    const stage = aStage();
    stage.put("runs/late", aRun("late", { createdAt: "2026-11-22T12:00:02.000Z" }));
    stage.put("runs/early", aRun("early", { createdAt: "2026-11-22T12:00:01.000Z" }));
    stage.put("runs/over", aRun("over", { state: { kind: "completed", at: wall } }));
    await stage.look();
    expect(opened(stage)).toEqual([
      ["early", 12],
      ["late", 11],
    ]);
    expect(stage.observer.runs().map(({ run }) => run.id)[0]).toBe("late");
    expect(stage.observer.take({ key: "runs/early", text: null, revision: 20 })).toBe(true);
    expect(opened(stage)).toEqual([["late", 11]]);
    expect([stage.observer.run("late")?.revision, stage.observer.run("early")]).toEqual([11, null]);
  });

  it("are never older than what is known of them", () => {
    const stage = aStage();
    const tell = (revision: number, reason: string) => {
      const text = JSON.stringify(aRun("r", { reason }));
      stage.observer.take({ key: "runs/r", text, revision });
    };
    tell(15, "newer");
    tell(14, "older");
    expect(stage.observer.run("r")?.run.reason).toBe("newer");
  });

  it("count a step from when it was first seen in its attempt, whatever else is written of it", () => {
    const stage = aStage();
    const [first, ...others] = aRun("r").steps;
    if (first === undefined) throw new Error("no steps");
    const tell = (revision: number, attempt: number, state: RunRecord["state"]) => {
      const run = aRun("r", { steps: [{ ...first, attempt }, ...others], state });
      stage.observer.take({ key: "runs/r", text: JSON.stringify(run), revision });
      return stage.observer.seen().openRuns[0]?.stepForMs;
    };
    expect(tell(11, 1, { kind: "running" })).toBe(0);
    stage.pass(700);
    expect(tell(12, 1, { kind: "running" })).toBe(700);
    stage.pass(100);
    expect(tell(13, 2, { kind: "running" })).toBe(0);
    stage.pass(300);
    expect(tell(14, 2, { kind: "paused", by: "otto" })).toBe(0);
  });

  it("include at once what this controller itself has written", async () => {
    const stage = aStage();
    const txn = { compare: [], puts: [{ key: "runs/own", record: aRun("own") }] };
    expect(await stage.observer.apply(txn, never)).toBe(true);
    expect(opened(stage)).toEqual([["own", 10]]);
    expect(stage.observer.seen().view?.lease.revision).toBe(10);
  });

  it("are what somebody else has written, where this controller's own txn lost", async () => {
    const stage = aStage();
    stage.store.applies = false;
    stage.put("runs/r", aRun("r", { reason: "theirs" }));
    const txn = { compare: [], puts: [{ key: "runs/r", record: aRun("r", { reason: "ours" }) }] };
    expect(await stage.observer.apply(txn, never)).toBe(false);
    expect(stage.observer.run("r")?.run.reason).toBe("theirs");
  });

  it("are gone when the store has them no more, unless they are newer than what was read", async () => {
    const stage = aStage();
    stage.put("runs/gone", aRun("gone"));
    await stage.look();
    stage.remove("runs/gone");
    const text = JSON.stringify(aRun("new"));
    stage.observer.take({ key: "runs/new", text, revision: 99 });
    stage.pass(5_000);
    await stage.look();
    expect(opened(stage)).toEqual([["new", 99]]);
  });
});

describe("what was ordered last", () => {
  it("is read with every run at one revision, whatever the watch has brought", async () => {
    const stage = aStage();
    expect(await stage.observer.readOrdered(never)).toEqual({ record: null, revision: 0 });
    stage.put("ordered", { run: "r" });
    stage.put("runs/r", aRun("r"));
    stage.store.view = aView(15);
    expect(await stage.observer.readOrdered(never)).toEqual({ record: { run: "r" }, revision: 11 });
    expect(stage.observer.run("r")?.revision).toBe(12);
    expect(stage.observer.seen().view?.lease.revision).toBe(15);
    stage.remove("runs/r");
    await stage.observer.readOrdered(never);
    expect(stage.observer.run("r")).toBeNull();
  });
});

describe("a release", () => {
  it("is counted from when it was first seen, until the lease is held again", async () => {
    const stage = aStage();
    await stage.look();
    expect(stage.observer.seen().releasedForMs).toBeNull();
    stage.store.view = aView(11, { kind: "released" });
    await stage.look();
    stage.pass(500);
    await stage.look();
    expect(stage.observer.seen().releasedForMs).toBe(500);
    stage.store.view = aView(12);
    await stage.look();
    expect(stage.observer.seen().releasedForMs).toBeNull();
  });

  it("is taken from the watch a look earlier, but neither an older one nor a lease that is held", async () => {
    const stage = aStage();
    const tell = (kind: "held" | "released", revision: number) =>
      stage.observer.take({ key: "lease", text: JSON.stringify(aLease({ kind })), revision });
    expect(tell("released", 5)).toBe(true);
    expect(stage.observer.seen().view).toBeNull();
    await stage.look();
    expect(tell("held", 11)).toBe(false);
    expect(stage.observer.seen().view?.lease.revision).toBe(10);
    tell("released", 10);
    expect(stage.observer.seen().releasedForMs).toBeNull();
    expect(tell("released", 12)).toBe(true);
    expect(stage.observer.seen()).toMatchObject({ releasedForMs: 0 });
    expect(stage.observer.seen().view?.lease.revision).toBe(12);
  });
});

it("looks again at once for a change of the term, of the standby and of the kill switch alone", () => {
  const { observer } = aStage();
  const looks = (key: string) => observer.take({ key, text: "{}", revision: 12 });
  expect(["term", "sync", "automation"].map(looks)).toEqual([true, true, true]);
  expect(["sites/west", "keepers/east", "drills/x"].map(looks)).toEqual([false, false, false]);
});
