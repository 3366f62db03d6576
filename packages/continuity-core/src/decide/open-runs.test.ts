import { describe, expect, it } from "vitest";
import { decided, inShort, lapsed } from "../explain/decided-scene.ts";
import { aSwitchover, atStep } from "../explain/run-scene.ts";
import {
  aDatabase,
  aFollower,
  aFollowingKeeper,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aStandbySeen,
  aView,
} from "../explain/scene.ts";
import type { Observation, QuorumSeen } from "../observe/index.ts";
import { beginRejoin, orderedRun, takeOverRun } from "../procedures/index.ts";
import type { RunRecord } from "../runs/index.ts";
import { defaultPolicy as policy } from "./policy.ts";

const short = (o: Observation): string => inShort(decided(o));
const open = (run: RunRecord, changes: Partial<QuorumSeen> = {}): QuorumSeen =>
  aQuorum({ openRuns: [{ run, revision: 50, stepForMs: 0 }], ...changes });

/** Term 4, begun by the switchover of term 3: west is the primary by now. */
const moved = aSwitchover();
const termOfWest = aView({ term: { term: 4, primary: "west", run: moved.id } });
const historyOfEast = [
  {
    term: 3,
    primary: "east",
    endedBy: "switchover",
    successor: "west",
    run: moved.id,
    successorLsn: "0/7000",
    endedAt: "2026-01-01T00:00:00.000Z",
  },
] as const;

describe("a primary that dies is replaced although", () => {
  it("a switchover is paused", () => {
    const paused = { ...atStep(moved, "handed-over"), state: { kind: "paused", by: "otto" } };
    expect(short(lapsed({ quorum: open(paused as RunRecord) }))).toBe("take-over");
  });

  it("a failover that a person ordered still waits to be approved", () => {
    const order = { kind: "failover", to: "west", by: "otto", reason: "test" } as const;
    const exact = { force: true, acceptGeoLoss: true, ignored: [] } as const;
    const run = orderedRun(aPrimarySeen(), aView(), { ...order, ...exact });
    expect(short(lapsed({ quorum: open(run) }))).toBe("take-over");
  });
});

describe("a region whose own rejoin is still under way", () => {
  const rejoin = atStep(
    beginRejoin(aStandbySeen(), aView(), "east", null),
    "following",
    "controller-west-1",
  );
  const silent = aFollower({ receiver: { isStreaming: false, silentMs: 0 } });
  const released = aView({ lease: { kind: "released" } });

  it("takes a released term only when nobody has taken it for 10 s", () => {
    const seen = (releasedForMs: number | null) =>
      short(lapsed({ postgres: silent, quorum: open(rejoin, { view: released, releasedForMs }) }));
    expect(seen(null)).toBe("run-waiting");
    expect(seen(policy.takeBackAfterMs - 1)).toBe("run-waiting");
    expect(seen(policy.takeBackAfterMs)).toBe("take-over");
  });

  it("replaces a primary that lapsed without a release at once", () => {
    expect(short(lapsed({ postgres: silent, quorum: open(rejoin) }))).toBe("take-over");
  });
});

describe("a switchover that has moved the primary", () => {
  const primaryOfWest = (changes: Partial<Observation>): string =>
    short(
      aPrimarySeen({
        self: "west",
        controllerBootId: "controller-west-1",
        quorum: open(atStep(moved, "redis-primary", "controller-west-1"), { view: termOfWest }),
        keeper: aKeeper({ primary: "west", term: 4, phase: "fenced", postgres: "down" }),
        redis: { role: "down", offset: null, isLinked: false },
        ...changes,
      }),
    );
  const atEast = (step: string, changes: Partial<Observation>): string =>
    short(
      aStandbySeen({
        self: "east",
        controllerBootId: "controller-east-1",
        quorum: open(atStep(moved, step), {
          view: termOfWest,
          history: historyOfEast,
          sites: {
            west: { record: { site: "west", postgres: { state: "primary" } } as never, ageMs: 100 },
          },
        }),
        ...changes,
      }),
    );

  it("keeps the new primary from nothing, whatever its step waits for", () => {
    expect(primaryOfWest({})).toBe("start-primary");
  });

  it("lets the old primary follow as soon as it can", () => {
    const keeper = aFollowingKeeper({ phase: "released", postgres: "down", lapsesInMs: null });
    const postgres = aDatabase({ newestTerm: 3, endLsn: "0/7000" });
    expect(atEast("redis-primary", { keeper, postgres })).toBe("start-standby");
  });

  it("does not rejoin the old primary while that step of the run begins to stream", () => {
    const postgres = aFollower({
      receiver: { isStreaming: false, silentMs: policy.rejoinAfterMs },
    });
    expect(atEast("following", { postgres })).toBe("run-waiting");
  });
});

describe("a failover that has won its term", () => {
  it("leaves the region to its own decisions: what died in it is started again", () => {
    const view = aView({ term: { run: "f", primary: "east", term: 3 } });
    const run = takeOverRun(aPrimarySeen(), view, {
      id: "f",
      term: 2,
      to: "east",
      withinRpo: false,
    });
    const begun = atStep(run, "permit-given");
    const keeper = aKeeper({ phase: "fenced", postgres: "down" });
    expect(short(aPrimarySeen({ quorum: open(begun, { view }), keeper }))).toBe("start-primary");
  });
});

it("goes on with the very run whose step is this site's", () => {
  const waiting = beginRejoin(aStandbySeen(), aView(), "east", null);
  const openRuns = [waiting, aSwitchover({ id: "mine" })].map((run) => ({
    run,
    revision: 50,
    stepForMs: 0,
  }));
  expect(decided(aPrimarySeen({ quorum: aQuorum({ openRuns }) }))).toEqual({
    kind: "continue-run",
    run: "mine",
  });
});

it("ends the very run that a newer term made pointless", () => {
  const old = { ...aSwitchover({ id: "old" }), term: 1, endsInTerm: 2 };
  const openRuns = [aSwitchover({ id: "fits" }), old].map((run) => ({
    run,
    revision: 50,
    stepForMs: 0,
  }));
  const witness = { self: "witness", keeper: null, postgres: null } as const;
  expect(decided(aPrimarySeen({ ...witness, quorum: aQuorum({ openRuns }) }))).toMatchObject({
    kind: "supersede-run",
    run: "old",
  });
});
