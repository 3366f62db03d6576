import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView } from "../store/index.ts";
import { anOrder, RegionPair } from "./region-pair.ts";
import type { KeeperState, Phase } from "./state.ts";
import { keeperStatus, nextWakeMs } from "./status.ts";
import { keeper } from "./step.ts";

const { promiseMs: P, leaseMs: Q, guardMs: guard } = defaultParameters;
const pair = RegionPair.serving();
const { now } = pair;
const round = now + 240;
const quiet = { steppedAtMs: now, nextRoundAtMs: round, geoRevocation: null } as const;
const east = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("east"),
  ...quiet,
  leaseUntilMs: now + 230,
  promiseUntilMs: now + 220,
  startedAtMs: now - 60_000,
  ...changes,
});
const west = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("west"),
  ...quiet,
  lastPromiseMs: now - 60_000,
  leaseSeenAtMs: now - 60_000,
  ...changes,
});
const view = pair.state("west").view as QuorumView;
const withLease = (changes: object): QuorumView =>
  ({
    ...view,
    lease: { record: { ...view.lease.record, ...changes }, revision: view.lease.revision },
  }) as QuorumView;
/** What a promise given at this time admits: 100 ms from now. */
const promised = now + 100 - P - guard;

describe("the next tick of a keeper is due", () => {
  it("at its next round, when nothing else is", () => {
    expect(nextWakeMs(west({ lapseReported: view.lease.revision }))).toBe(round);
  });

  it("at the deadline of a database that may be writable, and of no other", () => {
    for (const postgres of ["primary", "starting-primary"] as const)
      expect(nextWakeMs(east({ postgres }))).toBe(now + 230);
    for (const postgres of ["down", "stopping", "standby", "starting-standby"] as const)
      expect(nextWakeMs(east({ postgres }))).toBe(round);
  });

  it("when the gate of a won or resumed term opens, until it has been passed", () => {
    const order = anOrder();
    const wakes = (phase: Phase): number =>
      nextWakeMs(west({ phase, postgres: "down", lastPromiseMs: promised }));
    expect(wakes({ kind: "waiting-gate", order, step: "waiting" })).toBe(now + 100);
    expect(wakes({ kind: "waiting-gate", order, step: "promoting" })).toBe(round);
    expect(wakes({ kind: "resuming" })).toBe(now + 100);
    expect(wakes({ kind: "recording-term" })).toBe(round);
  });

  it("when the primary lapses, for a standby that has not told its controller yet", () => {
    const lapsing = { leaseSeenAtMs: now + 90 - Q - guard } as const;
    expect(nextWakeMs(west({ ...lapsing, lapseReported: 0 }))).toBe(now + 90);
    expect(nextWakeMs(west({ ...lapsing, lapseReported: view.lease.revision }))).toBe(round);
    const idle = { ...lapsing, lapseReported: 0, phase: { kind: "idle" } } as const;
    expect(nextWakeMs(west(idle))).toBe(round);
  });

  it("when the last commits of a release are over, and when its revocation is complete", () => {
    const releasing = { kind: "releasing", untilMs: now + 60, change: 9, finalLsn: null } as const;
    const portals = new Map([
      ["p", { seenChange: 8, permitUntilMs: now + 50, geoUntilMs: now + 20 }],
    ]);
    const wakes = (step: "finishing" | "revoking" | "stopping"): number =>
      nextWakeMs(east({ portals, phase: { ...releasing, step } }));
    expect(wakes("finishing")).toBe(now + 60);
    expect(wakes("revoking")).toBe(now + 50 + guard);
    expect(wakes("stopping")).toBe(now + 230);
    const geoRevocation = { command: 3, change: 9 };
    expect(nextWakeMs(east({ portals, geoRevocation }))).toBe(now + 20 + guard);
  });

  it("never for what was due at the last step: that waits for an event, and spins no clock", () => {
    const passed = { leaseSeenAtMs: now - Q - guard, lapseReported: 0 } as const;
    expect(nextWakeMs(west(passed))).toBe(round);
    expect(nextWakeMs(west({ ...passed, steppedAtMs: now - 1 }))).toBe(now);
    expect(keeper.step(west(passed), { kind: "tick" }, now + 5).state.steppedAtMs).toBe(now + 5);
  });
});

describe("what a keeper tells its controller", () => {
  it("is its phase, its permit and what each of its sources is worth", () => {
    const told = keeperStatus(east({ geo: { on: true, generation: 7 }, portals: new Map() }), now);
    expect(told).toEqual({
      phase: "serving",
      reason: "serving",
      bootId: "boot-east-1",
      term: 1,
      primary: "east",
      postgres: "primary",
      permitRemainingMs: 230,
      leaseRemainingMs: 230,
      promiseRemainingMs: 220,
      lapsesInMs: null,
      geo: { on: true, generation: 7 },
      portals: 0,
      isSuspended: false,
      acceptUnprotected: true,
    });
  });

  it("is nothing worth where nothing is left, never less than nothing", () => {
    const over = { leaseUntilMs: now - 5, promiseUntilMs: Number.NEGATIVE_INFINITY } as const;
    expect(keeperStatus(east(over), now)).toMatchObject({
      reason: "no-lease",
      permitRemainingMs: 0,
      leaseRemainingMs: 0,
      promiseRemainingMs: 0,
    });
  });

  it("is when the primary lapses, of a standby that has read the quorum", () => {
    const lapsesIn = (changes: Partial<KeeperState>) => keeperStatus(west(changes), now).lapsesInMs;
    expect(lapsesIn({ leaseSeenAtMs: now + 90 - Q - guard })).toBe(90);
    expect(lapsesIn({ lastPromiseMs: promised })).toBe(100);
    expect(lapsesIn({})).toBe(0);
    const renewed = { leaseSeenAtMs: now };
    expect(lapsesIn({ ...renewed, view: withLease({ kind: "released" }) })).toBe(0);
    expect([lapsesIn({ view: null }), lapsesIn({ phase: { kind: "idle" } })]).toEqual([null, null]);
  });
});
