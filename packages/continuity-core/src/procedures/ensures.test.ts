import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
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
import type { KeeperStatus } from "../keeper/index.ts";
import type { LocalPostgres, Observation } from "../observe/index.ts";
import type { RunRecord } from "../runs/index.ts";
import type { Verdict } from "./action.ts";
import { beginRejoin, takeOverRun } from "./begin-run.ts";
import { type EnsureName, ensures, type Look, takeOverOrder } from "./ensures.ts";
import { procedureRules } from "./rules.ts";

type Phase = KeeperStatus["phase"];

const phases: readonly Phase[] = [
  "idle",
  "standby",
  "deciding",
  "waiting-gate",
  "recording-term",
  "resuming",
  "serving",
  "draining",
  "releasing",
  "released",
  "taking-back",
  "fenced",
  "halted",
];

const ordered = aSwitchover();
const aFailover = takeOverRun(aStandbySeen(), aView(), {
  id: "f",
  term: 3,
  to: "west",
  withinRpo: true,
});
const aRejoin = beginRejoin(aStandbySeen(), aView(), "east", null);

function verdict(name: EnsureName, o: Observation, look: Partial<Look> = {}): Verdict {
  return ensures[name]({
    run: ordered,
    o,
    attempt: 1,
    forMs: 0,
    rules: procedureRules,
    ...look,
  });
}

/** What a check says in one word: what it orders, or its kind. */
function told(...about: Parameters<typeof verdict>): string {
  const said = verdict(...about);
  if (said.kind !== "act") return said.kind;
  return said.action.kind === "keeper" ? said.action.command.kind : said.action.kind;
}

/** The phases for which `name` says each word; what is not asked for waits. */
function byPhase(name: EnsureName, seen: (phase: Phase) => Observation, look: Partial<Look> = {}) {
  const words: Record<string, Phase[]> = {};
  for (const phase of phases) {
    const word = told(name, seen(phase), look);
    if (word !== "wait") words[word] = [...(words[word] ?? []), phase];
  }
  return words;
}

const east = (phase: Phase, quorum = aQuorum()): Observation =>
  aPrimarySeen({ keeper: aKeeper({ phase }), quorum });
const west = (phase: Phase, changes: Partial<KeeperStatus> = {}): Observation =>
  aStandbySeen({ keeper: aFollowingKeeper({ phase, ...changes }) });
const released = (term = 3): Observation["quorum"] =>
  aQuorum({ view: aView({ lease: { kind: "released", term, finalLsn: "0/9000" } }) });

describe("handed over", () => {
  it("is a release by a region that holds the term in any way", () => {
    expect(byPhase("handed-over", east)).toEqual({ release: ["serving", "draining", "fenced"] });
  });

  it("holds when this very term was released, with the end of the log", () => {
    const o = aPrimarySeen({ quorum: released() });
    expect(verdict("handed-over", o)).toEqual({
      kind: "done",
      evidence: ["released at 0/9000"],
      finalLsn: "0/9000",
    });
    expect(told("handed-over", aPrimarySeen({ quorum: released(2) }))).toBe("release");
  });

  it("waits for keeper and quorum", () => {
    expect(told("handed-over", aPrimarySeen({ keeper: null }))).toBe("wait");
    expect(told("handed-over", aPrimarySeen({ quorum: aQuorum({ view: null }) }))).toBe("wait");
  });
});

describe("taken back", () => {
  it("is the end of a drain or of a release, or a start in the same term", () => {
    expect(byPhase("taken-back", east)).toEqual({
      done: ["serving"],
      "take-back": ["draining", "releasing", "released"],
      "start-primary": ["idle", "standby", "fenced"],
    });
  });

  it("takes a released lease back before it starts anything", () => {
    expect(byPhase("taken-back", (phase) => east(phase, released()))).toEqual({
      done: ["serving"],
      "take-back": ["idle", "standby", "draining", "releasing", "released", "fenced"],
    });
  });

  it("is over when the term is another site's, not when nobody knows whose it is", () => {
    const keeper = (primary: "west" | null) =>
      aPrimarySeen({ keeper: aKeeper({ phase: "draining", primary }) });
    expect(told("taken-back", keeper("west"))).toBe("done");
    expect(told("taken-back", keeper(null))).toBe("take-back");
    expect(told("taken-back", aPrimarySeen({ keeper: null }))).toBe("wait");
  });
});

describe("taken over", () => {
  it("is ordered from a standby that runs, and from nobody else", () => {
    expect(byPhase("taken-over", west)).toEqual({ "take-over": ["standby"] });
  });

  it("starts a standby that is down, but for one that decides", () => {
    const down = (phase: Phase) => west(phase, { postgres: "down" });
    expect(byPhase("taken-over", down)).toEqual({
      "start-standby": phases.filter((phase) => phase !== "deciding"),
    });
    const tail = { ...down("standby"), postgres: aDatabase({ newestTerm: 3 }) };
    expect(told("taken-over", tail)).toBe("fail");
  });

  it("holds when the term names this run, and no other", () => {
    const term = (run: string) =>
      aStandbySeen({ quorum: aQuorum({ view: aView({ term: { run } }) }) });
    expect(told("taken-over", term(ordered.id))).toBe("done");
    expect(told("taken-over", term("another"))).toBe("take-over");
    expect(told("taken-over", aStandbySeen({ keeper: null }))).toBe("wait");
    expect(told("taken-over", aStandbySeen({ quorum: aQuorum({ view: null }) }))).toBe("wait");
  });

  it("of an automatic failover is waited for 2 s, and then over for good unless it is on its way", () => {
    const run = aFailover;
    expect(byPhase("taken-over", west, { run, forMs: 2_000 })).toEqual({});
    expect(byPhase("taken-over", west, { run, forMs: 2_001 })).toEqual({
      fail: ["idle", "standby"],
    });
    expect(verdict("taken-over", west("standby"), { run, forMs: 2_001 })).toMatchObject({
      isFinal: true,
    });
  });
});

describe("the order to take over", () => {
  const order = (changes: Partial<RunRecord>) =>
    takeOverOrder({ ...ordered, ...changes }, someTime);

  it("of a planned move needs the end of the log, and is the same decision when repeated", () => {
    expect(order({ finalLsn: "0/9000" })).toEqual({
      claim: ordered.id,
      run: ordered.id,
      cause: "switchover",
      evidence: ["maintenance"],
      force: false,
      withinRpo: false,
      mustReach: "0/9000",
      acceptGeoLoss: false,
      at: someTime,
    });
    expect(order({ kind: "failback" })).toMatchObject({ cause: "switchover", force: false });
  });

  it("that became ungraceful is forced, and needs nothing of the old primary", () => {
    for (const kind of ["switchover", "failback"] as const)
      expect(order({ kind, isGraceful: false, finalLsn: "0/9000" })).toMatchObject({
        cause: "forced",
        force: true,
        mustReach: null,
      });
  });

  it("of a failover is forced only by who ordered it so", () => {
    const failover = { kind: "failover", isGraceful: false } as const;
    expect(order(failover)).toMatchObject({ cause: "failover", force: false });
    expect(order({ ...failover, force: true })).toMatchObject({ cause: "forced", force: true });
    const accepted = { acceptGeoLoss: true, withinRpo: true };
    expect(order({ ...failover, ...accepted })).toMatchObject(accepted);
  });
});

describe("Redis", () => {
  const redis = (role: "primary" | "replica" | "down", isLinked = true) =>
    ({ role, offset: null, isLinked }) as const;

  it("takes writes where it must, and is waited for while it is down or not seen", () => {
    const seen = (role: "primary" | "replica" | "down") =>
      told("redis-primary", aStandbySeen({ redis: redis(role) }));
    expect([seen("primary"), seen("replica"), seen("down")]).toEqual([
      "done",
      "redis-promote",
      "wait",
    ]);
    expect(told("redis-primary", aStandbySeen({ redis: null }))).toBe("wait");
  });

  it("follows the region that is primary now, and never itself", () => {
    const seen = (role: "primary" | "replica" | "down", isLinked = true) =>
      told("redis-following", aStandbySeen({ redis: redis(role, isLinked) }));
    expect([seen("replica"), seen("replica", false), seen("primary"), seen("down")]).toEqual([
      "done",
      "wait",
      "redis-follow",
      "wait",
    ]);
    expect(told("redis-following", aStandbySeen({ redis: null }))).toBe("wait");
    expect(told("redis-following", aPrimarySeen({ redis: redis("primary") }))).toBe("done");
    const o = aStandbySeen({ redis: redis("primary") });
    expect(verdict("redis-following", o)).toMatchObject({ action: { primary: "east" } });
  });
});

describe("a permit is given", () => {
  it("when the region serves with time left", () => {
    const serving = (permitRemainingMs: number) =>
      told("permit-given", aPrimarySeen({ keeper: aKeeper({ permitRemainingMs }) }));
    expect([serving(1), serving(0)]).toEqual(["done", "wait"]);
    expect(told("permit-given", aPrimarySeen({ keeper: null }))).toBe("wait");
  });

  it("after a start of what is this site's, and of nothing else", () => {
    expect(byPhase("permit-given", east)).toEqual({
      done: ["serving"],
      "start-primary": ["idle", "standby"],
    });
    expect(byPhase("permit-given", (phase) => west(phase))).toEqual({});
  });
});

describe("the upstream is ready", () => {
  it("when a writable database has its checkpoint and its slot", () => {
    const seen = (isUpstreamReady: boolean, postgres: KeeperStatus["postgres"] = "primary") =>
      told(
        "upstream-ready",
        aPrimarySeen({ keeper: aKeeper({ postgres }), postgres: aDatabase({ isUpstreamReady }) }),
      );
    expect([seen(true), seen(false)]).toEqual(["done", "prepare-upstream"]);
    for (const postgres of ["down", "standby", "starting-primary", "stopping"] as const)
      expect([seen(true, postgres), seen(false, postgres)]).toEqual(["wait", "wait"]);
    expect(told("upstream-ready", aPrimarySeen({ postgres: null }))).toBe("wait");
    expect(told("upstream-ready", aPrimarySeen({ keeper: null }))).toBe("wait");
  });
});

describe("a database is stopped", () => {
  it("by its keeper, once", () => {
    const seen = (postgres: KeeperStatus["postgres"]) =>
      told("database-stopped", west("standby", { postgres }));
    expect(seen("down")).toBe("done");
    expect(seen("stopping")).toBe("wait");
    expect([seen("standby"), seen("starting-standby"), seen("primary")]).toEqual([
      "stop-standby",
      "stop-standby",
      "stop-standby",
    ]);
    expect(told("database-stopped", aStandbySeen({ keeper: null }))).toBe("wait");
  });
});

describe("a tail", () => {
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
  const tail = (changes: Partial<LocalPostgres> = {}): LocalPostgres =>
    aDatabase({ newestTerm: 2, endLsn: "0/9000", ...changes });
  const seen = (
    local: LocalPostgres | null,
    changes: Partial<Observation> = {},
    postgres: KeeperStatus["postgres"] = "down",
  ): Observation =>
    aStandbySeen({
      keeper: aFollowingKeeper({ phase: "fenced", postgres }),
      quorum: aQuorum({ history }),
      postgres: local,
      ...changes,
    });
  const run = { run: aRejoin };
  const clean = tail({ endLsn: "0/5000" });
  const kept = tail({ isQuarantined: true, isReported: true });

  it("is quarantined as a whole while nothing runs, with a tenth of room to spare", () => {
    expect(told("tail-quarantined", seen(tail()), run)).toBe("quarantine");
    const running = seen(tail(), {}, "standby");
    expect(told("tail-quarantined", running, run)).toBe("stop-standby");
    const room = (freeBytes: number) => seen(tail({ freeBytes, sizeBytes: 1_000 }));
    expect(told("tail-quarantined", room(1_100.1), run)).toBe("quarantine");
    expect(told("tail-quarantined", room(1_099), run)).toBe("fail");
  });

  it("is reported from the copy while nothing runs", () => {
    const copied = tail({ isQuarantined: true });
    expect(told("tail-reported", seen(copied), run)).toBe("report-tail");
    expect(told("tail-reported", seen(copied, {}, "standby"), run)).toBe("stop-standby");
  });

  it("needs neither when there is none, or when it was done", () => {
    for (const name of ["tail-quarantined", "tail-reported"] as const) {
      expect(told(name, seen(clean), run)).toBe("done");
      expect(told(name, seen(kept), run)).toBe("done");
      expect(told(name, seen(null), run)).toBe("wait");
      expect(told(name, seen(tail(), { busyWith: "clone" }), run)).toBe("wait");
    }
    expect(told("tail-quarantined", seen(tail({ isReported: true })), run)).toBe("quarantine");
    expect(told("tail-reported", seen(tail({ isQuarantined: true })), run)).toBe("report-tail");
  });

  it("is rewound only when it is quarantined and reported, and while nothing runs", () => {
    expect(told("rewound", seen(kept), run)).toBe("rewind");
    expect(told("rewound", seen(tail()), run)).toBe("fail");
    expect(told("rewound", seen(tail({ isQuarantined: true })), run)).toBe("fail");
    expect(told("rewound", seen(tail({ isReported: true })), run)).toBe("fail");
    expect(told("rewound", seen(kept, {}, "standby"), run)).toBe("stop-standby");
    expect(told("rewound", seen(kept, { busyWith: "rewind" }), run)).toBe("wait");
    expect(told("rewound", seen(null), run)).toBe("wait");
  });

  it("is cloned over from the third attempt on, or where there is nothing to rewind", () => {
    expect(told("rewound", seen(kept), { ...run, attempt: 2 })).toBe("rewind");
    expect(told("rewound", seen(kept), { ...run, attempt: 3 })).toBe("clone");
    const damaged = tail({ ...kept, directory: "damaged" });
    expect(told("rewound", seen(damaged), run)).toBe("clone");
    expect(told("rewound", seen(tail({ directory: "damaged" })), run)).toBe("fail");
    const empty = tail({ directory: "empty", newestTerm: null, endLsn: null });
    expect(told("rewound", seen(empty), run)).toBe("clone");
  });

  it("that is none follows as it is", () => {
    expect(told("rewound", seen(clean), run)).toBe("done");
    expect(told("rewound", seen(aFollower()), run)).toBe("done");
    expect(told("rewound", seen({ ...clean, dataId: null }), run)).toBe("done");
  });

  it("of a standby that its upstream cannot serve any more is cloned over, unless it streams again", () => {
    const stuck = { run: { ...aRejoin, stuckDataId: "data-west" } };
    const silent = aFollower({ receiver: { isStreaming: false, silentMs: 60_000 } });
    expect(told("rewound", seen(silent), stuck)).toBe("clone");
    expect(told("rewound", seen(aFollower({ receiver: null })), stuck)).toBe("clone");
    expect(told("rewound", seen(aFollower()), stuck)).toBe("done");
    expect(told("rewound", seen({ ...silent, dataId: "data-new" }), stuck)).toBe("done");
  });
});

describe("following", () => {
  const seen = (postgres: KeeperStatus["postgres"], isStreaming: boolean) =>
    aStandbySeen({
      keeper: aFollowingKeeper({ postgres }),
      postgres: aFollower({ receiver: { isStreaming, silentMs: 0 } }),
    });

  it("is a standby that streams", () => {
    expect(told("following", seen("standby", true))).toBe("done");
    expect(told("following", seen("standby", false))).toBe("wait");
    expect(told("following", seen("starting-standby", true))).toBe("wait");
    expect(told("following", aStandbySeen({ keeper: null }))).toBe("wait");
  });

  it("is begun only with a directory that holds nothing of its own", () => {
    expect(told("following", seen("down", false))).toBe("start-standby");
    const tail = { ...seen("down", false), postgres: aDatabase({ newestTerm: 3 }) };
    expect(told("following", tail)).toBe("fail");
    expect(told("following", { ...seen("down", false), postgres: null })).toBe("start-standby");
  });

  it("is seen from the primary by the slot's own process", () => {
    const streams = (isActive: boolean | null) =>
      told(
        "standby-streams",
        aPrimarySeen({
          postgres: aDatabase({
            replication: isActive === null ? null : aReplication({ isActive }),
          }),
        }),
      );
    expect([streams(true), streams(false), streams(null)]).toEqual(["done", "wait", "wait"]);
  });
});
