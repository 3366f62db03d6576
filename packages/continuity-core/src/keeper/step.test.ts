import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView } from "../store/index.ts";
import type { KeeperEvent } from "./events.ts";
import { anOrder, RegionPair } from "./region-pair.ts";
import { keeperRules } from "./rules.ts";
import type { KeeperState } from "./state.ts";
import { keeper } from "./step.ts";

const { promiseMs: P, leaseMs: Q, renewMs: R, controllerSilenceMs } = defaultParameters;
const pair = RegionPair.serving();
const { now } = pair;
const east = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("east"),
  // No round is due: only the event itself is handled.
  nextRoundAtMs: now + 10_000,
  openRead: null,
  openTxn: null,
  openPromise: null,
  ...changes,
});
const west = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("west"),
  nextRoundAtMs: now + 10_000,
  openRead: null,
  openTxn: null,
  ...changes,
});
const handled = (from: KeeperState, event: KeeperEvent, at = now) => keeper.step(from, event, at);
const view = (): QuorumView => pair.state("east").view as QuorumView;
const renewing = (sentAtMs: number) => ({ attempt: 5, purpose: "renew", sentAtMs }) as const;
const answered = (succeeded: boolean, seen = view()): KeeperEvent => ({
  kind: "txn-answered",
  attempt: 5,
  succeeded,
  view: seen,
});

describe("a keeper that starts", () => {
  it("knows nothing, owes nothing, and says so", () => {
    const identity = {
      site: "east",
      bootId: "b",
      parameters: defaultParameters,
      startedAt: "2026-01-01T00:00:00Z",
    } as const;
    const { effects, state } = keeper.start(identity, 500);
    expect(effects).toEqual([
      { kind: "stop-postgres", mode: "immediate" },
      { kind: "read-quorum", read: 1 },
    ]);
    expect(state).toMatchObject({
      phase: { kind: "idle" },
      view: null,
      postgres: "stopping",
      siteClaimed: false,
      renewedTerm: null,
      claimedAt: "2026-01-01T00:00:00Z",
      steppedAtMs: 500,
      leaseSeenAtMs: 500,
      termSeenAtMs: 500,
      nextRoundAtMs: 500 + R,
      openTxn: null,
      openRead: { read: 1, sentAtMs: 500 },
      mustReadAgain: false,
      openPromise: null,
      owed: null,
      geoRevocation: null,
      leaseUntilMs: Number.NEGATIVE_INFINITY,
      promiseUntilMs: Number.NEGATIVE_INFINITY,
      lastPromiseMs: 500,
      countFromMs: 500,
      startedAtMs: 500,
      controllerSeenAtMs: 500,
      geo: { on: false },
      acceptUnprotected: true,
      isSuspended: false,
      isDistrusted: false,
      isSilenceReported: false,
    });
  });
});

describe("a reading", () => {
  it("that is the first is acted upon at once, not at the next round", () => {
    const openRead = { read: 9, sentAtMs: now };
    const read = { kind: "quorum-read", read: 9, view: view() } as const;
    const first = handled(west({ openRead, view: null, siteClaimed: false }), read);
    expect(first.state.nextRoundAtMs).toBeLessThanOrEqual(now + R);
    expect(handled(west({ openRead }), read).state.nextRoundAtMs).toBe(now + 10_000);
  });

  it("is asked for at once by a refresh, or right after the one that is on its way", () => {
    const first = handled(west(), { kind: "refresh" });
    expect(first.effects).toMatchObject([{ kind: "read-quorum" }]);
    const again = handled(first.state, { kind: "refresh" });
    expect(again.effects).toEqual([]);
    const read = first.state.openRead?.read ?? 0;
    const after = handled(again.state, { kind: "quorum-read", read, view: view() });
    expect(after.effects).toMatchObject([{ kind: "read-quorum", read: read + 1 }]);
    const last = handled(after.state, { kind: "quorum-read", read: read + 1, view: view() });
    expect(last.effects).toEqual([]);
  });

  it("that is not awaited any more changes nothing", () => {
    const openRead = { read: 9, sentAtMs: now };
    const known = west({ openRead });
    const lease = { ...view().lease, revision: view().lease.revision + 50 };
    const late = { kind: "quorum-read", read: 8, view: { ...view(), lease } } as const;
    expect(handled(known, late).state).toMatchObject({ openRead, view: known.view });
    expect(handled(known, { ...late, read: 9 }).state.view?.lease).toEqual(lease);
  });

  it("that failed may be asked for again; the failure of another one says nothing", () => {
    const openRead = { read: 9, sentAtMs: now };
    expect(
      handled(west({ openRead }), { kind: "quorum-read-failed", read: 9 }).state.openRead,
    ).toBeNull();
    expect(
      handled(west({ openRead }), { kind: "quorum-read-failed", read: 8 }).state.openRead,
    ).toEqual(openRead);
  });
});

describe("a renewal", () => {
  it("lengthens the lease from before it was sent, and never shortens it", () => {
    const renewed = handled(
      east({ openTxn: renewing(now - 100), leaseUntilMs: now + 1 }),
      answered(true),
    );
    expect(renewed.state.leaseUntilMs).toBe(now - 100 + Q);
    const longer = handled(
      east({ openTxn: renewing(now - 100), leaseUntilMs: now + 9_000 }),
      answered(true),
    );
    expect(longer.state.leaseUntilMs).toBe(now + 9_000);
  });

  it("that was refused lengthens nothing, and is tried again at once", () => {
    const refused = handled(
      east({ openTxn: renewing(now - 100), leaseUntilMs: now + 500 }),
      answered(false),
    );
    expect(refused.state.leaseUntilMs).toBe(now + 500);
    expect(refused.effects.some(({ kind }) => kind === "send-txn")).toBe(true);
  });

  it("sent before the clocks disagreed counts nothing", () => {
    const distrusted = { isDistrusted: true, countFromMs: now - 50, leaseUntilMs: now + 500 };
    const before = handled(east({ ...distrusted, openTxn: renewing(now - 51) }), answered(true));
    expect(before.state).toMatchObject({ isDistrusted: true, leaseUntilMs: now + 500 });
    const after = handled(east({ ...distrusted, openTxn: renewing(now - 50) }), answered(true));
    expect(after.state).toMatchObject({ isDistrusted: false, leaseUntilMs: now - 50 + Q });
  });

  it("starts nothing again in a region that gives its term up", () => {
    const phase = {
      kind: "releasing",
      step: "revoking",
      untilMs: now,
      change: 1e15,
      finalLsn: null,
    } as const;
    const late = { openTxn: renewing(now - 100), renewedTerm: null, phase } as const;
    expect(handled(east(late), answered(true)).state).toMatchObject({
      renewedTerm: null,
      phase: { kind: "releasing" },
    });
  });

  it("lets a region that fenced itself at its deadline begin again, and no other one", () => {
    const phaseAfter = (why: "deadline" | "higher-term" | "store-changed") =>
      handled(
        east({ openTxn: renewing(now), phase: { kind: "fenced", why }, postgres: "down" }),
        answered(true),
      ).state.phase.kind;
    expect(phaseAfter("deadline")).not.toBe("fenced");
    expect([phaseAfter("higher-term"), phaseAfter("store-changed")]).toEqual(["fenced", "fenced"]);
  });
});

describe("a take-over that was sent", () => {
  it("before the clocks disagreed gives its region no lease", () => {
    const order = anOrder();
    const phase = { kind: "deciding", order, view: view(), position: null, sent: true } as const;
    const term = {
      ...view().term,
      record: { ...view().term.record, term: 2, primary: "west", claim: order.claim },
    };
    const won = { ...view(), term: { ...term, revision: term.revision + 50 } } as QuorumView;
    const lease = (sentAtMs: number): number => {
      const openTxn = { attempt: 5, purpose: "take-over", sentAtMs } as const;
      return handled(west({ phase, openTxn, countFromMs: now - 50 }), answered(true, won)).state
        .leaseUntilMs;
    };
    expect(lease(now - 50)).toBe(now - 50 + Q);
    expect(lease(now - 51)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("whose receiver could not be stopped at the gate tries again", () => {
    const phase = {
      kind: "waiting-gate",
      order: anOrder({ force: true }),
      step: "stopping-receiver",
    } as const;
    const failed = handled(west({ phase }), { kind: "standby-position-failed" });
    expect(failed.state.phase).toMatchObject({ kind: "waiting-gate", step: "waiting" });
  });
});

describe("a permit that comes back", () => {
  it("is announced to portals: after clocks that disagreed, and after the first renewal of a term", () => {
    const announced = (changes: Partial<KeeperState>): boolean =>
      handled(east({ openTxn: renewing(now), ...changes }), answered(true)).effects.some(
        ({ kind }) => kind === "announce-change",
      );
    expect(announced({})).toBe(false);
    expect(announced({ isDistrusted: true })).toBe(true);
    expect(announced({ renewedTerm: null })).toBe(true);
  });
});

describe("a promise", () => {
  const asked = { question: 8, askedAtMs: now - 100, term: 1 };
  const promised = (changes: object, from: Partial<KeeperState> = {}): number =>
    handled(east({ openPromise: asked, promiseUntilMs: now + 5, ...from }), {
      kind: "promise-answered",
      answer: {
        question: 8,
        term: 1,
        askerBootId: pair.state("east").bootId,
        promiserBootId: "w",
        granted: true,
        validityMs: P,
        ...changes,
      },
    }).state.promiseUntilMs;

  it("lengthens the permit from before it was asked, by the smaller of both plans", () => {
    expect(promised({})).toBe(now - 100 + P);
    expect(promised({ validityMs: 300 })).toBe(now + 200);
    expect(promised({ validityMs: 9_000 })).toBe(now - 100 + P);
  });

  it("counts for nothing when it is refused, another's, of another term, or asked before the clocks disagreed", () => {
    const untouched = now + 5;
    expect(promised({ granted: false })).toBe(untouched);
    expect(promised({ askerBootId: "an earlier life" })).toBe(untouched);
    expect(promised({ term: 2 })).toBe(untouched);
    expect(promised({ question: 7 })).toBe(untouched);
    expect(promised({}, { countFromMs: now })).toBe(untouched);
    expect(promised({}, { countFromMs: now - 100 })).toBe(now - 100 + P);
    expect(promised({}, { promiseUntilMs: now + 9_000 })).toBe(now + 9_000);
    const term = { record: { ...view().term.record, term: 2 }, revision: view().term.revision };
    expect(promised({}, { view: { ...view(), term } as QuorumView })).toBe(untouched);
  });

  it("may be asked for again as soon as one was answered, granted or not, or has failed", () => {
    const failed = handled(east({ openPromise: asked }), { kind: "promise-failed", question: 8 });
    expect(failed.state.openPromise).toBeNull();
    const other = handled(east({ openPromise: asked }), { kind: "promise-failed", question: 7 });
    expect(other.state.openPromise).toEqual(asked);
    const answer = {
      question: 8,
      term: 1,
      askerBootId: pair.state("east").bootId,
      promiserBootId: "w",
      granted: false,
    };
    const refused = handled(east({ openPromise: asked }), { kind: "promise-answered", answer });
    expect(refused.state.openPromise).toBeNull();
  });

  it("that is given is noted in the same step; one that is refused is not", () => {
    const question = {
      question: 1,
      storeId: view().store.record?.id ?? "",
      term: 1,
      askerBootId: "e",
    };
    const from = west({ lastPromiseMs: 5 });
    expect(handled(from, { kind: "promise-asked", question }).state.lastPromiseMs).toBe(now);
    const wrong = { ...question, term: 2 };
    expect(handled(from, { kind: "promise-asked", question: wrong }).state.lastPromiseMs).toBe(5);
  });
});

describe("a keeper whose clocks disagree", () => {
  it("gives no permit and counts nothing that was sent before", () => {
    const { effects, state } = handled(east(), { kind: "clocks-disagree", byMs: 900 });
    expect(state).toMatchObject({ isDistrusted: true, countFromMs: now });
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: "alarm", alarm: "clocks-disagree" }),
    );
  });
});

describe("the controller", () => {
  it("is seen by any word of it, and missed once after 10 s", () => {
    const silent = east({ controllerSeenAtMs: now - controllerSilenceMs, nextRoundAtMs: now });
    expect(handled(silent, { kind: "controller-seen" }).state.controllerSeenAtMs).toBe(now);
    const told = handled(silent, { kind: "command", id: 1, command: { kind: "drain" } });
    expect(told.state.controllerSeenAtMs).toBe(now);
    const alarms = (from: KeeperState): number =>
      handled(from, { kind: "tick" }).effects.filter(
        (each) => each.kind === "alarm" && each.alarm === "controller-silent",
      ).length;
    expect(alarms(silent)).toBe(1);
    expect(alarms({ ...silent, isSilenceReported: true })).toBe(0);
    expect(alarms({ ...silent, controllerSeenAtMs: now - controllerSilenceMs + 1 })).toBe(0);
  });
});

describe("the term in the data", () => {
  it("lets its region serve, and only when it is this term", () => {
    const recording = east({ phase: { kind: "recording-term" } });
    const kind = (term: number) =>
      handled(recording, { kind: "term-recorded", term }).state.phase.kind;
    expect([kind(1), kind(2)]).toEqual(["serving", "recording-term"]);
  });
});

describe("a position that cannot be told", () => {
  it("opens a latch under which nothing was sent, and leaves one under which something was", () => {
    const deciding = (sent: boolean) =>
      west({ phase: { kind: "deciding", order: anOrder(), view: view(), position: null, sent } });
    const kind = (sent: boolean) =>
      handled(deciding(sent), { kind: "standby-position-failed" }).state.phase.kind;
    expect([kind(false), kind(true)]).toEqual(["standby", "deciding"]);
  });
});

it("tells its controller of a lapse once for each lease, and of a release at once", () => {
  const lapsesAt = now + Q + P + 1_000;
  const from = west({ lapseReported: 0 });
  const told = (state: KeeperState, at: number): number =>
    handled(state, { kind: "tick" }, at).effects.filter(({ kind }) => kind === "primary-lapsed")
      .length;
  expect(told(from, now)).toBe(0);
  const lapse = keeperRules.lapsesAtMs(from);
  expect([told(from, lapse - 1), told(from, lapse)]).toEqual([0, 1]);
  expect(told(from, lapsesAt)).toBe(1);
  expect(told(west({ lapseReported: from.view?.lease.revision ?? 0 }), lapsesAt)).toBe(0);
  const { record, revision } = view().lease;
  const lease = { record: { ...record, kind: "released" }, revision } as QuorumView["lease"];
  expect(told(west({ lapseReported: 0, view: { ...view(), lease } }), now)).toBe(1);
});
