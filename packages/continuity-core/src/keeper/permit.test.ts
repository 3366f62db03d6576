import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { KeeperEffect } from "./effects.ts";
import { enforceDeadline, fence } from "./fence.ts";
import {
  answerPermit,
  deadlineMs,
  holdsTerm,
  permitReason,
  permitUntilMs,
  turnGeoOff,
} from "./permit.ts";
import { anOrder, aTurn, RegionPair } from "./region-pair.ts";
import { keeperRules } from "./rules.ts";
import type { KeeperState, Phase } from "./state.ts";

const { promiseMs: P, leaseMs: Q } = defaultParameters;
const pair = RegionPair.serving();
const { now } = pair;
const atNow = (at = now) => aTurn(at);
const kinds = (turn: { readonly effects: readonly KeeperEffect[] }): string[] =>
  turn.effects.map(({ kind }) => kind);

const releasing = (step: "finishing" | "revoking" | "stopping" | "writing"): Phase => ({
  kind: "releasing",
  step,
  untilMs: now + 100,
  change: 9,
  finalLsn: null,
});
const phases: Readonly<Record<string, Phase>> = {
  idle: { kind: "idle" },
  standby: { kind: "standby" },
  "recording-term": { kind: "recording-term" },
  resuming: { kind: "resuming" },
  serving: { kind: "serving" },
  draining: { kind: "draining" },
  finishing: releasing("finishing"),
  revoking: releasing("revoking"),
  stopping: releasing("stopping"),
  writing: releasing("writing"),
  released: { kind: "released" },
  "taking-back": { kind: "taking-back" },
  fenced: { kind: "fenced", why: "deadline" },
  halted: { kind: "halted" },
};

/** East, which serves, with a lease and a promise that end when it is told. */
const holder = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("east"),
  leaseUntilMs: now + 500,
  promiseUntilMs: now + 800,
  ...changes,
});
const until = (changes: Partial<KeeperState> = {}, at = now): number | null =>
  permitUntilMs(holder(changes), keeperRules, at);

describe("a permit", () => {
  it("lasts as long as the longer of lease and promise", () => {
    expect(until()).toBe(now + 800);
    expect(until({ leaseUntilMs: now + 900 })).toBe(now + 900);
    expect(until({ promiseUntilMs: Number.NEGATIVE_INFINITY })).toBe(now + 500);
  });

  it("ends to the millisecond", () => {
    expect(until({}, now + 799)).toBe(now + 800);
    expect(until({}, now + 800)).toBeNull();
  });

  it("is given in the phases that may acknowledge, and in no other", () => {
    const given = Object.keys(phases).filter(
      (name) => until({ phase: phases[name] as Phase }) !== null,
    );
    expect(given).toEqual(["serving", "draining", "finishing"]);
  });

  it("needs a writable database, writes that are not suspended, and clocks that agree", () => {
    for (const postgres of ["down", "starting-primary", "standby", "stopping"] as const)
      expect(until({ postgres })).toBeNull();
    expect(until({ isSuspended: true })).toBeNull();
    expect(until({ isDistrusted: true })).toBeNull();
  });

  it("needs the gate to be open, evaluated when it is given", () => {
    const gate = keeperRules.gateOpensAtMs(holder());
    const late = { leaseUntilMs: gate + P + Q, promiseUntilMs: gate + P + Q };
    expect(until(late, gate - 1)).toBeNull();
    expect(until(late, gate)).not.toBeNull();
    const promised = { ...late, lastPromiseMs: now };
    expect(until(promised)).toBeNull();
  });

  it("needs a renewal of its own in this term, for the lease and for the promise", () => {
    expect(until({ renewedTerm: null })).toBeNull();
    expect(until({ renewedTerm: 7 })).toBeNull();
  });
});

describe("what a portal is told", () => {
  const answer = (changes: Partial<KeeperState>, seenChange = 0) => {
    const turn = atNow();
    const state = answerPermit(holder(changes), turn, { portal: "p", question: 5, seenChange });
    const [effect] = turn.effects;
    if (effect?.kind !== "answer-permit") throw new Error("no answer");
    return { state, ...effect };
  };

  it("is the term, what remains of it, and the durability of its writes", () => {
    const geo = { on: true, generation: 7 };
    expect(answer({ geo, change: 12, acceptUnprotected: false }).answer).toEqual({
      question: 5,
      change: 12,
      permit: { term: 1, remainingMs: 800 },
      reason: "serving",
      durability: { geo: true, generation: 7, unprotectedSince: null, acceptUnprotected: false },
      primary: "east",
    });
    expect(answer({}).portal).toBe("p");
  });

  it("says since when nobody protects its writes, as the record of the standby has it", () => {
    const view = pair.store.view();
    const unprotectedSince = "2026-01-01T00:00:07Z";
    const sync = { ...view.sync, record: { ...view.sync.record, unprotectedSince } };
    const told = answer({ view: { ...view, sync } as typeof view }).answer;
    expect(told.durability.unprotectedSince).toBe(unprotectedSince);
  });

  it("is remembered: the longest permit, and the longest that called writes geo", () => {
    const off = { on: false, generation: 7 };
    const known = (changes: Partial<KeeperState>) => answer(changes).state.portals.get("p");
    expect(known({ portals: new Map(), geo: off })).toEqual({
      seenChange: 0,
      permitUntilMs: now + 800,
      geoUntilMs: Number.NEGATIVE_INFINITY,
    });
    const on = { on: true, generation: 7 };
    expect(known({ portals: new Map(), geo: on })?.geoUntilMs).toBe(now + 800);
    const before = { seenChange: 3, permitUntilMs: now + 950, geoUntilMs: now + 940 };
    const portals = new Map([["p", before]]);
    expect(known({ portals, geo: off })).toMatchObject(before);
    expect(known({ portals, geo: on })).toMatchObject(before);
    expect(known({ portals, phase: { kind: "released" } })).toMatchObject(before);
  });

  it("confirms a change that was made, never one that is still to come", () => {
    const seen = (seenChange: number) =>
      answer({ change: 12, portals: new Map() }, seenChange).state.portals.get("p")?.seenChange;
    expect([seen(11), seen(12), seen(13)]).toEqual([11, 12, 12]);
  });

  it("is why there is no permit", () => {
    const reason = (changes: Partial<KeeperState>, hasPermit = false) =>
      permitReason(holder(changes), hasPermit);
    expect(reason({}, true)).toBe("serving");
    expect(reason({})).toBe("no-lease");
    expect(reason({ postgres: "down" })).toBe("starting");
    const by = Object.keys(phases).map((name) => [name, reason({ phase: phases[name] as Phase })]);
    const taking = { order: anOrder(), view: pair.store.view(), position: null, sent: true };
    expect(reason({ phase: { kind: "deciding", ...taking } })).toBe("standby");
    const won: Phase = { kind: "waiting-gate", order: anOrder(), step: "waiting" };
    expect(reason({ phase: won })).toBe("waiting-gate");
    expect(Object.fromEntries(by)).toEqual({
      idle: "starting",
      standby: "standby",
      "recording-term": "starting",
      resuming: "starting",
      serving: "no-lease",
      draining: "draining",
      finishing: "draining",
      revoking: "draining",
      stopping: "draining",
      writing: "draining",
      released: "released",
      "taking-back": "starting",
      fenced: "fenced",
      halted: "fenced",
    });
  });

  it("is kept for 64 portals; beyond that, those are forgotten whose permits ended a minute ago", () => {
    const known = (length: number) =>
      new Map(
        Array.from({ length }, (_, index) => [
          `old-${index}`,
          { seenChange: 1, permitUntilMs: now - (index < 2 ? 60_001 : 60_000), geoUntilMs: 0 },
        ]),
      );
    expect(answer({ portals: known(63) }).state.portals.size).toBe(64);
    const { state } = answer({ portals: known(64) });
    expect(state.portals.size).toBe(63);
    expect([
      state.portals.has("old-1"),
      state.portals.has("old-2"),
      state.portals.has("p"),
    ]).toEqual([false, true, true]);
  });
});

describe("the deadline of the database", () => {
  const deadline = (changes: Partial<KeeperState> = {}): number =>
    deadlineMs(holder(changes), keeperRules);

  it("is the end of the permit, and counts promises only after a renewal of its own", () => {
    expect(deadline()).toBe(now + 800);
    expect(deadline({ renewedTerm: null })).toBe(now + 500);
  });

  it("is long over for a term that is another site's, or unknown", () => {
    expect(deadline({ site: "west" })).toBe(Number.NEGATIVE_INFINITY);
    expect(deadline({ view: null })).toBe(Number.NEGATIVE_INFINITY);
  });

  it("ends everything at once: permits, geo, database, Redis writes, and what was ordered", () => {
    const turn = atNow(now + 800);
    const geo = { on: true, generation: 7 };
    const fenced = enforceDeadline(holder({ geo, owed: { id: 3, kind: "release" } }), turn);
    expect(fenced).toMatchObject({
      phase: { kind: "fenced", why: "deadline" },
      postgres: "stopping",
      geo: { on: false },
      owed: null,
    });
    expect(turn.effects).toContainEqual({ kind: "stop-postgres", mode: "immediate" });
    expect(kinds(turn)).toContain("block-redis");
    expect(kinds(turn)).toContain("alarm");
    expect(enforceDeadline(holder(), atNow(now + 799)).phase.kind).toBe("serving");
  });

  it("is told as what it is: time that ran out, a newer term, or another store", () => {
    const alarms = (["deadline", "higher-term", "store-changed"] as const).map((why) => {
      const turn = atNow();
      fence(holder(), turn, why);
      return turn.effects.flatMap((each) => (each.kind === "alarm" ? [each.alarm] : []));
    });
    expect(alarms).toEqual([["fenced"], ["higher-term"], ["store-changed"]]);
  });

  it("stops no database that is down already", () => {
    const turn = atNow();
    expect(fence(holder({ postgres: "down" }), turn, "higher-term").postgres).toBe("down");
    expect(kinds(turn)).not.toContain("stop-postgres");
  });
});

describe("the term is held", () => {
  it("in the phases from a won take-over to its release", () => {
    const held = Object.keys(phases).filter((name) =>
      holdsTerm(holder({ phase: phases[name] as Phase })),
    );
    expect(held).toEqual([
      "recording-term",
      "resuming",
      "serving",
      "draining",
      "finishing",
      "revoking",
      "stopping",
      "writing",
      "fenced",
    ]);
    expect(holdsTerm(holder({ site: "west" }))).toBe(false);
    expect(holdsTerm(holder({ view: null }))).toBe(false);
  });
});

it("tells portals when writes are not called geo any more, once", () => {
  const turn = atNow();
  const off = turnGeoOff(holder({ geo: { on: true, generation: 7 }, change: 4 }), turn);
  expect(off).toMatchObject({ geo: { on: false, generation: 7 }, change: 5 });
  expect(turn.effects).toEqual([{ kind: "announce-change", change: 5 }]);
  expect(turnGeoOff(off, turn)).toBe(off);
});
