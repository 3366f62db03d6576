import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import { keys } from "../store/index.ts";
import type { KeeperEffect } from "./effects.ts";
import { aTurn, RegionPair } from "./region-pair.ts";
import { claimed, round } from "./rounds.ts";
import type { KeeperState } from "./state.ts";

const { renewMs: R, requestTimeoutMs } = defaultParameters;

const kinds = (effects: readonly KeeperEffect[]): string[] => effects.map(({ kind }) => kind);

describe("what a keeper asks", () => {
  it("has a number of its own each time, so that no answer can be taken for another's", () => {
    const pair = RegionPair.serving();
    pair.event("west", { kind: "refresh" });
    pair.run(5_000);
    for (const site of ["east", "west"] as const) {
      const numbers = pair.log.flatMap(({ effect, site: at }) => {
        if (at !== site) return [];
        if (effect.kind === "read-quorum") return [effect.read];
        if (effect.kind === "send-txn") return [effect.attempt];
        return effect.kind === "ask-promise" ? [effect.question.question] : [];
      });
      expect(numbers.length).toBeGreaterThan(20);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    }
  });

  it("is one reading at a time, given up after its time-out", () => {
    const pair = RegionPair.serving();
    pair.store.isAnswering = false;
    const since = pair.now;
    pair.run(10 * requestTimeoutMs);
    const reads = pair.effects("west", "read-quorum", since).length;
    expect(reads).toBeGreaterThan(3);
    // A round each R finds the reading of the round before still open.
    expect(reads).toBeLessThanOrEqual(Math.ceil((10 * requestTimeoutMs) / (2 * R)) + 1);
  });

  it("is given up at its time-out to the millisecond, each by itself", () => {
    const pair = RegionPair.serving();
    const { now } = pair;
    const open = (sentAtMs: number): Partial<KeeperState> => ({
      openTxn: { attempt: 1, purpose: "renew", sentAtMs },
      openRead: { read: 2, sentAtMs },
      openPromise: { question: 3, askedAtMs: sentAtMs, term: 1 },
    });
    const askedAgain = (sentAtMs: number): string[] => {
      const turn = aTurn(now);
      const phase = { kind: "serving" } as const;
      round({ ...pair.state("east"), ...open(sentAtMs), phase, nextRoundAtMs: now }, turn);
      return kinds(turn.effects);
    };
    expect(askedAgain(now - requestTimeoutMs + 1)).toEqual([]);
    expect(askedAgain(now - requestTimeoutMs)).toEqual(["send-txn", "ask-promise"]);
  });
});

describe("a round", () => {
  it("happens each R, and not before", () => {
    const pair = RegionPair.serving();
    const state = { ...pair.state("east"), nextRoundAtMs: pair.now };
    const early = aTurn(pair.now - 1);
    expect(round(state, early)).toBe(state);
    expect(round(state, aTurn(pair.now)).nextRoundAtMs).toBe(pair.now + R);
  });

  it("of the holder renews by a new record of its own lease, whose counter grows by one", () => {
    const pair = RegionPair.serving();
    const { counter } = pair.store.view().lease.record ?? { counter: -1 };
    const turn = aTurn(pair.now);
    round({ ...pair.state("east"), nextRoundAtMs: pair.now, openTxn: null }, turn);
    const sent = turn.effects.find(({ kind }) => kind === "send-txn");
    expect(sent).toMatchObject({
      purpose: "renew",
      txn: { puts: [{ key: keys.lease, record: { kind: "held", site: "east", term: 1 } }] },
    });
    const put = sent?.kind === "send-txn" ? sent.txn.puts[0]?.record : null;
    expect((put as { counter: number }).counter).toBe(counter + 1);
  });

  it("of a holder whose controller is silent only reads", () => {
    const pair = RegionPair.serving();
    const turn = aTurn(pair.now);
    const silent = { controllerSeenAtMs: pair.now - defaultParameters.controllerSilenceMs };
    round({ ...pair.state("east"), ...silent, nextRoundAtMs: pair.now, openTxn: null }, turn);
    expect(kinds(turn.effects)).toEqual(["alarm", "read-quorum"]);
  });

  it("alarms once that the controller is silent, and not that it came back", () => {
    const pair = RegionPair.serving();
    const told = (state: KeeperState, at: number) => {
      const turn = aTurn(at);
      const next = round({ ...state, nextRoundAtMs: at }, turn);
      return { next, alarms: kinds(turn.effects).filter((kind) => kind === "alarm").length };
    };
    const silentAt = pair.state("east").controllerSeenAtMs + defaultParameters.controllerSilenceMs;
    const first = told(pair.state("east"), silentAt);
    const second = told(first.next, silentAt + R);
    const back = told({ ...second.next, controllerSeenAtMs: silentAt + R }, silentAt + 2 * R);
    const again = told({ ...back.next, controllerSeenAtMs: pair.now }, silentAt + 3 * R);
    expect([first.alarms, second.alarms, back.alarms, again.alarms]).toEqual([1, 0, 0, 1]);
  });

  it("of a halted keeper asks nothing", () => {
    const pair = RegionPair.serving();
    const turn = aTurn(pair.now);
    const halted = {
      ...pair.state("east"),
      phase: { kind: "halted" },
      nextRoundAtMs: pair.now,
    } as const;
    expect(round(halted, turn)).toBe(halted);
    expect(turn.effects).toEqual([]);
  });

  it("asks for a promise only where one can lengthen a permit", () => {
    const pair = RegionPair.serving();
    const asks = (phase: KeeperState["phase"]): boolean => {
      const turn = aTurn(pair.now);
      const idle = { openTxn: null, openPromise: null, nextRoundAtMs: pair.now };
      round({ ...pair.state("east"), ...idle, phase }, turn);
      return kinds(turn.effects).includes("ask-promise");
    };
    for (const kind of ["serving", "draining", "recording-term", "resuming"] as const)
      expect(asks({ kind })).toBe(true);
    expect(asks({ kind: "fenced", why: "deadline" })).toBe(false);
    expect(asks({ kind: "fenced", why: "higher-term" })).toBe(false);
    expect(asks({ kind: "released" })).toBe(false);
  });
});

describe("a round that may not renew", () => {
  const sent = (changes: Partial<KeeperState>): readonly string[] => {
    const pair = RegionPair.serving();
    const turn = aTurn(pair.now);
    const quiet = { openTxn: null, openRead: null, openPromise: null, nextRoundAtMs: pair.now };
    round({ ...pair.state("east"), ...quiet, ...changes }, turn);
    return turn.effects.map((each) => (each.kind === "send-txn" ? each.purpose : each.kind));
  };

  it("only reads: before the first reading, and fenced for another reason than the deadline", () => {
    expect(sent({ view: null })).toEqual(["read-quorum"]);
    expect(sent({ phase: { kind: "fenced", why: "store-changed" } })).toEqual(["read-quorum"]);
    expect(sent({ phase: { kind: "fenced", why: "higher-term" } })).toEqual(["read-quorum"]);
    expect(sent({ phase: { kind: "fenced", why: "deadline" } })).toEqual(["renew"]);
  });

  it("writes the release instead, once the database is stopped", () => {
    const phase = { kind: "releasing", untilMs: 0, change: 1, finalLsn: null } as const;
    expect(sent({ phase: { ...phase, step: "writing" } })).toEqual(["release"]);
    expect(sent({ phase: { ...phase, step: "stopping" } })).toEqual(["renew"]);
    // An earlier life's release, applied late, is not this one's: it stopped another database.
    const view = RegionPair.serving().store.view();
    const lease = { ...view.lease, record: { ...view.lease.record, kind: "released" } };
    const over = { view: { ...view, lease } as typeof view };
    expect(sent({ ...over, phase: { ...phase, step: "writing" } })).toContain("release");
  });
});

describe("a site", () => {
  it("is this keeper's as soon as a reading shows its claim, although the answer was lost", () => {
    const pair = RegionPair.serving();
    const turn = aTurn(pair.now);
    const quiet = { openTxn: null, openRead: null, nextRoundAtMs: pair.now };
    expect(round({ ...pair.state("east"), ...quiet, siteClaimed: false }, turn).siteClaimed).toBe(
      true,
    );
  });

  it("is claimed by one txn at a time, and by change numbers that go on from the claim", () => {
    const pair = RegionPair.serving();
    const state = { ...pair.state("east"), siteClaimed: false, nextRoundAtMs: pair.now };
    const claiming = (changes: Partial<KeeperState>): string[] => {
      const turn = aTurn(pair.now);
      const view = pair.store.view();
      const keepers = { ...view.keepers, east: { record: null, revision: 0 } };
      round({ ...state, view: { ...view, keepers }, openRead: null, ...changes }, turn);
      return kinds(turn.effects);
    };
    expect(claiming({ openTxn: null })).toEqual(["send-txn"]);
    const openTxn = { attempt: 1, purpose: "claim-site", sentAtMs: pair.now } as const;
    expect(claiming({ openTxn })).toEqual(["read-quorum"]);
    const view = pair.store.view();
    const empty = { ...view, store: { record: null, revision: 0 } };
    const keepers = { ...view.keepers, east: { record: null, revision: 0 } };
    expect(claiming({ openTxn: null, view: { ...empty, keepers } })).toEqual(["read-quorum"]);
    const { revision } = pair.store.view().keepers.east;
    expect(pair.state("east").change).toBeGreaterThanOrEqual(1e12 + revision * 1e3);
  });

  it("once claimed acts at once, and numbers its changes above all of an earlier life", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    const keepers = { ...view.keepers, east: { ...view.keepers.east, revision: 7 } };
    const store = { ...view.store, record: { id: "another-life", generation: 2 } };
    const waiting = {
      ...pair.state("east"),
      siteClaimed: false,
      view: { ...view, keepers, store },
    };
    const turn = aTurn(pair.now);
    const own = claimed({ ...waiting, change: 5, nextRoundAtMs: pair.now + R }, turn);
    expect(own).toMatchObject({ siteClaimed: true, nextRoundAtMs: pair.now, change: 2e12 + 7_001 });
    expect(turn.effects).toEqual([{ kind: "announce-change", change: 2e12 + 7_001 }]);
    expect(claimed({ ...waiting, change: 3e12 }, aTurn(pair.now)).change).toBe(3e12 + 1);
  });

  it("is claimed with the boot id and the time of the start, compared with who claimed it before", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    const keepers = { ...view.keepers, east: { record: null, revision: 6 } };
    const turn = aTurn(pair.now);
    const quiet = { openTxn: null, openRead: null, nextRoundAtMs: pair.now, siteClaimed: false };
    const state = { ...pair.state("east"), ...quiet, view: { ...view, keepers } };
    round(state, turn);
    const { bootId, claimedAt } = state;
    expect(claimedAt).toBe("2026-01-01T00:00:00Z");
    expect(turn.effects).toMatchObject([
      {
        purpose: "claim-site",
        txn: {
          compare: [{ key: keys.store }, { key: keys.keeper("east"), equals: 6 }],
          puts: [{ key: keys.keeper("east"), record: { bootId, claimedAt } }],
        },
      },
    ]);
  });
});
