import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView } from "../store/index.ts";
import type { TxnPurpose } from "./effects.ts";
import type { KeeperEvent } from "./events.ts";
import { anOrder, RegionPair } from "./region-pair.ts";
import type { KeeperState, Phase } from "./state.ts";
import { keeper } from "./step.ts";

const { leaseMs: Q, renewMs: R } = defaultParameters;
const pair = RegionPair.serving();
const { now } = pair;
const quiet = { openRead: null, openTxn: null, openPromise: null, owed: null } as const;
const at = (site: "east" | "west", changes: Partial<KeeperState>): KeeperState => ({
  ...pair.state(site),
  nextRoundAtMs: now + 10_000,
  ...quiet,
  ...changes,
});
const handled = (from: KeeperState, event: KeeperEvent) => keeper.step(from, event, now);
const sent = (purpose: TxnPurpose, sentAtMs = now - 100) => ({ attempt: 5, purpose, sentAtMs });
const view = pair.state("east").view as QuorumView;
const answered = (succeeded: boolean, seen = view): KeeperEvent => ({
  kind: "txn-answered",
  attempt: 5,
  succeeded,
  view: seen,
});
const purposes = (effects: readonly { readonly kind: string }[]): readonly unknown[] =>
  effects.flatMap((each) => ("purpose" in each ? [each.purpose] : []));
const releasing = (step: "revoking" | "stopping" | "writing"): Phase => ({
  kind: "releasing",
  step,
  untilMs: now,
  change: 1e15,
  finalLsn: null,
});

describe("a txn of which nothing is known", () => {
  const unknown = (sentAtMs: number, changes: Partial<KeeperState> = {}, attempt = 5) =>
    handled(at("east", { openTxn: sent("renew", sentAtMs), ...changes }), {
      kind: "txn-unknown",
      attempt,
    });

  it("is tried again R after it was sent, and not only at the round after that", () => {
    const { state } = unknown(now - 100);
    expect([state.openTxn, state.nextRoundAtMs]).toEqual([null, now - 100 + R]);
  });

  it("is tried again at once when that is over, and never later than the round that is due", () => {
    expect(purposes(unknown(now - R - 50).effects)).toEqual(["renew"]);
    expect(unknown(now - 100, { nextRoundAtMs: now + 10 }).state.nextRoundAtMs).toBe(now + 10);
  });

  it("is another one than that which is awaited: nothing changes", () => {
    const { effects, state } = unknown(now - 100, {}, 4);
    expect(state.openTxn).toMatchObject({ attempt: 5 });
    expect([state.nextRoundAtMs, effects]).toEqual([now + 10_000, []]);
  });
});

describe("what waited for a txn that is answered", () => {
  it("goes out with its answer: a release, a lease that is taken back, a take-over", () => {
    const writing = at("east", { openTxn: sent("take-back"), phase: releasing("writing") });
    expect(purposes(handled(writing, answered(false)).effects)).toContain("release");
    const back = at("east", { openTxn: sent("release"), phase: { kind: "taking-back" } });
    expect(purposes(handled(back, answered(false)).effects)).toContain("take-back");
    const order = anOrder();
    const phase: Phase = { kind: "deciding", order, view, position: pair.position, sent: true };
    const deciding = at("west", { openTxn: sent("claim-site"), phase });
    expect(purposes(handled(deciding, answered(false)).effects)).toContain("take-over");
  });
});

describe("a lease that was taken back", () => {
  const back = (phase: Phase) =>
    handled(
      at("east", {
        openTxn: sent("take-back"),
        phase,
        postgres: "down",
        renewedTerm: null,
        leaseUntilMs: Number.NEGATIVE_INFINITY,
      }),
      answered(true),
    ).state;

  it("counts from before it was sent, and its region starts again", () => {
    expect(back({ kind: "taking-back" })).toMatchObject({
      phase: { kind: "resuming" },
      leaseUntilMs: now - 100 + Q,
      renewedTerm: 1,
    });
  });

  it("starts nothing where something else has happened meanwhile", () => {
    for (const phase of [{ kind: "fenced", why: "higher-term" }, { kind: "halted" }] as const)
      expect(back(phase)).toMatchObject({ phase, renewedTerm: null });
  });
});

describe("a renewal that is answered late", () => {
  it("keeps the database of a region that gives its term up, so that it is stopped cleanly", () => {
    for (const step of ["revoking", "stopping"] as const) {
      const late = { openTxn: sent("renew"), leaseUntilMs: now + 1, phase: releasing(step) };
      expect(handled(at("east", late), answered(true)).state.leaseUntilMs).toBe(now - 100 + Q);
    }
  });

  it("starts no permit again in a region that gave its term up", () => {
    const released = at("east", {
      openTxn: sent("renew"),
      renewedTerm: null,
      phase: { kind: "released" },
      postgres: "down",
    });
    expect(handled(released, answered(true)).state.renewedTerm).toBeNull();
  });
});

it("lengthens nothing by a renewal that is answered when another site's term was seen already", () => {
  const term = { ...view.term.record, term: 2, primary: "west" };
  const known = { ...view, term: { record: term, revision: view.term.revision + 90 } };
  const fenced = at("east", {
    openTxn: sent("renew"),
    view: known as QuorumView,
    phase: { kind: "fenced", why: "higher-term" },
    postgres: "down",
    renewedTerm: null,
    leaseUntilMs: now - 5,
  });
  expect(handled(fenced, answered(true)).state).toMatchObject({
    renewedTerm: null,
    leaseUntilMs: now - 5,
  });
});

describe("another boot id seen in this site's heartbeat", () => {
  const seen = (bootId: string, changes: Partial<KeeperState> = {}) =>
    handled(at("east", changes), { kind: "boot-id-seen", bootId });

  it("halts this keeper, once", () => {
    const { effects, state } = seen("another");
    expect(state).toMatchObject({ phase: { kind: "halted" }, postgres: "stopping" });
    expect(effects).toContainEqual({ kind: "stop-postgres", mode: "immediate" });
    const again = handled(state, { kind: "boot-id-seen", bootId: "another" });
    expect([again.state.phase, again.effects]).toEqual([{ kind: "halted" }, []]);
  });

  it("is this keeper's own, or of before it had claimed the site, and means nothing", () => {
    expect(seen(pair.state("east").bootId).state.phase.kind).toBe("serving");
    expect(seen("predecessor", { siteClaimed: false }).state.phase.kind).toBe("serving");
  });
});

describe("at the gate of a forced take-over", () => {
  const order = anOrder({ force: true });
  const atGate = (step: "waiting" | "stopping-receiver" | "promoting") =>
    at("west", { phase: { kind: "waiting-gate", order, step } });
  const told = (receiverStopped: boolean, step: "waiting" | "stopping-receiver") =>
    handled(atGate(step), {
      kind: "standby-position",
      receiverStopped,
      position: pair.position,
    }).effects.map(({ kind }) => kind);

  it("only a receiver that is stopped lets the standby be promoted, and only when that was asked", () => {
    expect(told(true, "stopping-receiver")).toEqual(["promote-postgres"]);
    expect(told(false, "stopping-receiver")).toEqual([]);
    expect(told(true, "waiting")).toEqual([]);
  });

  it("a position that cannot be told begins no promotion anew that is under way", () => {
    const failed = handled(atGate("promoting"), { kind: "standby-position-failed" });
    expect(failed.state.phase).toMatchObject({ step: "promoting" });
  });
});

it("tells of a lapse once, and of none where nobody waits for it", () => {
  const later = now + 60_000;
  const lapses = (from: KeeperState) => {
    const { effects, state } = keeper.step(from, { kind: "tick" }, later);
    return { state, told: effects.filter(({ kind }) => kind === "primary-lapsed").length };
  };
  const first = lapses(at("west", { nextRoundAtMs: later + 1 }));
  expect([first.told, lapses(first.state).told]).toEqual([1, 0]);
  const idle = at("west", { phase: { kind: "idle" }, nextRoundAtMs: later + 1 });
  expect(lapses(idle).told).toBe(0);
  const own = { ...view, term: { ...view.term, record: { ...view.term.record, primary: "west" } } };
  const named = at("west", { view: own as QuorumView, nextRoundAtMs: later + 1 });
  expect(lapses(named).told).toBe(0);
});

it("serves by the record of its term only while it waits for that record", () => {
  for (const phase of [{ kind: "draining" }, { kind: "fenced", why: "deadline" }] as const) {
    const from = at("east", { phase });
    expect(handled(from, { kind: "term-recorded", term: 1 }).state.phase).toEqual(phase);
  }
});

it("tells portals at once that its clocks disagree, and that nothing it gave before is lengthened", () => {
  const { effects, state } = handled(at("east", {}), { kind: "clocks-disagree", byMs: 900 });
  expect(effects).toContainEqual({ kind: "announce-change", change: state.change });
  expect(state.change).toBe(pair.state("east").change + 1);
});
