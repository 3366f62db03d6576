import { expect, it } from "vitest";
import type { Acknowledgement } from "../ledger/index.ts";
import { type Evidence, judge } from "./judge.ts";

function anAck(more: Partial<Acknowledgement> = {}): Acknowledgement {
  return {
    client: "agent001",
    via: "front-door",
    operation: "saveNoteDraft",
    key: "k1",
    isKeyed: true,
    durability: "local",
    term: 1,
    lsn: "0/10",
    site: "east",
    sentAtMs: 95,
    receivedAtMs: 100,
    ...more,
  };
}

/** East was lost, west took over, everything was kept. */
function aGoodRun(more: Partial<Evidence> = {}): Evidence {
  return {
    scenario: { primary: "moves" },
    primaryBefore: "east",
    primaryAfter: "west",
    acknowledgements: [
      anAck(),
      anAck({ key: "k2", term: 2, site: "west", sentAtMs: 2_100, receivedAtMs: 2_110 }),
    ],
    promises: {
      acknowledged: { geo: 0, local: 2 },
      lost: { geo: 0, local: 0 },
      lostKeys: [],
      reported: 0,
    },
    experiences: [{ signOuts: 0 }],
    views: [
      { region: "east", isServing: false, takesWrites: false },
      { region: "west", isServing: true, takesWrites: true },
    ],
    notServed: null,
    isProtectedAgain: true,
    unmet: [],
    ...more,
  };
}

const rulesOf = (more: Partial<Evidence>): string[] => judge(aGoodRun(more)).map((v) => v.rule);

it("accuses nobody after a run in which everything was kept", () => {
  expect(judge(aGoodRun())).toEqual([]);
});

it("finds a planted acknowledgement of the old region after the new one's first", () => {
  const { acknowledgements } = aGoodRun();
  const planted = anAck({ key: "k3", sentAtMs: 2_150, receivedAtMs: 2_160, client: "agent002" });
  expect(rulesOf({ acknowledgements: [...acknowledgements, planted] })).toEqual([
    "two-regions-acknowledged",
  ]);
});

it("finds one client that is answered by an older term than before", () => {
  const { acknowledgements } = aGoodRun();
  const planted = anAck({ key: "k3", sentAtMs: 2_150, receivedAtMs: 2_160, via: "east" });
  const before = anAck({ key: "k4", sentAtMs: 2_100, receivedAtMs: 2_110, via: "east", term: 2 });
  const pinned = [{ ...before, site: "west" as const }, planted];
  expect(rulesOf({ acknowledgements: [...acknowledgements, ...pinned] })).toEqual([
    "term-went-back",
  ]);
});

it("finds a term that two regions acknowledged", () => {
  const { acknowledgements } = aGoodRun();
  const planted = anAck({ key: "k3", term: 2, sentAtMs: 2_200, receivedAtMs: 2_210, via: "east" });
  expect(rulesOf({ acknowledgements: [...acknowledgements, planted] })).toEqual([
    "term-with-two-primaries",
  ]);
});

it.each(["geo", "local"] as const)("finds one lost %s write", (kind) => {
  const lost = { geo: 0, local: 0, [kind]: 1 };
  const promises = { acknowledged: { geo: 1, local: 1 }, lost, lostKeys: [], reported: 0 };
  expect(rulesOf({ promises })).toEqual(["acknowledged-write-lost"]);
});

it("finds an agent who was signed out, and clients that were never served again", () => {
  expect(rulesOf({ experiences: [{ signOuts: 0 }, { signOuts: 1 }] })).toEqual([
    "agent-signed-out",
  ]);
  expect(rulesOf({ notServed: "not served in time" })).toEqual(["client-never-recovered"]);
});

it("finds a system that did not become whole", () => {
  expect(rulesOf({ isProtectedAgain: false })).toEqual(["not-protected-again"]);
});

it("finds a primary that moved or stayed against the scenario", () => {
  expect(rulesOf({ scenario: { primary: "stays" } })).toEqual(["unexpected-primary"]);
  const views = [
    { region: "east", isServing: true, takesWrites: true },
    { region: "west", isServing: false, takesWrites: false },
  ] as const;
  expect(rulesOf({ primaryAfter: "east", views })).toEqual(["unexpected-primary"]);
  expect(rulesOf({ scenario: { primary: "either" }, primaryAfter: "east", views })).toEqual([]);
});

it("finds two writable regions, none, and a standby that follows nobody", () => {
  const both = [
    { region: "east", isServing: true, takesWrites: true },
    { region: "west", isServing: true, takesWrites: true },
  ] as const;
  const none = both.map((view) => ({ ...view, isServing: false, takesWrites: false }));
  const alone = [{ region: "east", isServing: false, takesWrites: null } as const, both[1]];
  const openDatabase = [{ ...both[0], isServing: false }, both[1]];
  for (const views of [both, none, alone, openDatabase]) {
    expect(rulesOf({ views })).toEqual(["not-one-writable"]);
  }
  expect(judge(aGoodRun({ views: alone }))[0]?.what).toContain("east: portal has no permit");
});

it("finds what the scenario itself expected and did not see", () => {
  expect(rulesOf({ unmet: ["nobody serves while the quorum is gone"] })).toEqual([
    "expectation-not-met",
  ]);
});
