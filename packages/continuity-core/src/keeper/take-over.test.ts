import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import { keys, type QuorumView } from "../store/index.ts";
import { anOrder, aTurn, RegionPair } from "./region-pair.ts";
import { keeperRules } from "./rules.ts";
import type { KeeperState, Phase } from "./state.ts";
import { keeper } from "./step.ts";
import {
  decideTakeOver,
  judgePosition,
  loseTakeOver,
  passGate,
  promote,
  sendTakeOver,
  serve,
  whyNotDecide,
  winTakeOver,
} from "./take-over.ts";

const { promiseMs: P, leaseMs: Q, guardMs: guard } = defaultParameters;

function lapsedPair(): RegionPair {
  const pair = RegionPair.serving();
  pair.cut.add("east");
  pair.run(P + Q + guard + 1_000);
  return pair;
}

function changed(
  view: QuorumView | null,
  part: "term" | "lease",
  record: object | null,
): QuorumView {
  if (view === null) throw new Error("nothing was read");
  const seen = view[part];
  return {
    ...view,
    [part]: { ...seen, record: record === null ? null : { ...seen.record, ...record } },
  };
}

describe("an order to take over is refused", () => {
  const pair = lapsedPair();
  const west = pair.state("west");
  const why = (changes: Partial<KeeperState>, order = anOrder(), now = pair.now): string | null =>
    whyNotDecide({ ...west, ...changes }, aTurn(now), order);

  it("for what this keeper does not know, has not claimed or is not", () => {
    expect(why({})).toBeNull();
    expect(why({ view: null })).toContain("not read yet");
    expect(why({ view: changed(west.view, "term", null) })).toContain("not read yet");
    expect(why({ view: changed(west.view, "lease", null) })).toContain("not read yet");
    expect(why({ siteClaimed: false })).toContain("has not claimed");
    expect(why({ phase: { kind: "idle" } })).toContain("idle, not standby");
    expect(why({ postgres: "down" })).toContain("does not run as a standby");
    expect(why({ view: changed(west.view, "term", { primary: "west" }) })).toContain(
      "the primary already",
    );
  });

  it("for these reasons although it is forced or the term was released", () => {
    const force = anOrder({ force: true, cause: "forced" });
    expect(why({ siteClaimed: false }, force)).toContain("has not claimed");
    expect(why({ postgres: "starting-standby" }, force)).toContain("does not run");
    const released = changed(west.view, "lease", { kind: "released" });
    expect(why({ view: released, phase: { kind: "idle" } })).toContain("not standby");
  });

  it("until the very millisecond at which both sources have lapsed", () => {
    const at = keeperRules.lapsesAtMs(west);
    expect(why({}, anOrder(), at - 1)).toContain("has not lapsed");
    expect(why({}, anOrder(), at)).toBeNull();
    expect(why({}, anOrder({ force: true, cause: "forced" }), at - 1)).toBeNull();
  });
});

describe("what the standby has is looked at", () => {
  it("with the receiver stopped, but for a forced take-over, whose old primary may still acknowledge", () => {
    const pair = lapsedPair();
    for (const [force, asked] of [
      [false, "stop-wal-receiver"],
      [true, "report-position"],
    ] as const) {
      const turn = aTurn(pair.now);
      decideTakeOver(pair.state("west"), turn, anOrder({ force }));
      expect(turn.effects.map(({ kind }) => kind)).toContain(asked);
    }
  });

  it("once, and only by the report that was asked for", () => {
    const pair = lapsedPair();
    const turn = aTurn(pair.now);
    const decided = decideTakeOver(pair.state("west"), turn, anOrder());
    const phase = decided.phase as Extract<Phase, { kind: "deciding" }>;
    const report = { kind: "standby-position", position: pair.position } as const;
    expect(judgePosition(decided, turn, phase, { ...report, receiverStopped: false })).toBe(
      decided,
    );
    const sent = { ...phase, sent: true };
    expect(judgePosition(decided, turn, sent, { ...report, receiverStopped: true })).toBe(decided);
    const judged = judgePosition(decided, turn, phase, { ...report, receiverStopped: true });
    expect(judged).toMatchObject({
      phase: { sent: true, position: pair.position },
      openTxn: { purpose: "take-over" },
    });
  });
});

describe("what a take-over writes", () => {
  const pair = lapsedPair();
  const writes = (changes: Parameters<typeof anOrder>[0], view = pair.state("west").view) => {
    const order = anOrder({ evidence: ["seen"], ...changes });
    const position = { dataId: "data-west", timeline: 4, flushedLsn: "0/5800" };
    const phase = { kind: "deciding", order, view, position, sent: true } as Phase;
    const turn = aTurn(pair.now);
    sendTakeOver({ ...pair.state("west"), phase, openTxn: null }, turn);
    const [sent] = turn.effects;
    if (sent?.kind !== "send-txn") throw new Error("nothing was sent");
    const put = Object.fromEntries(sent.txn.puts.map(({ key, record }) => [key, record]));
    return { purpose: sent.purpose, compared: sent.txn.compare.map(({ key }) => key), put };
  };
  const at = "2026-01-01T00:00:00Z";

  it("is the next term with its own lease, nobody safe, and where the old term forked", () => {
    expect(writes({})).toEqual({
      purpose: "take-over",
      compared: [keys.store, keys.term, keys.lease, keys.sync],
      put: {
        [keys.term]: {
          term: 2,
          primary: "west",
          cause: "failover",
          run: "run-1",
          claim: "claim-1",
          evidence: ["seen"],
          timeline: 4,
          startLsn: "0/5800",
          startedAt: at,
        },
        [keys.lease]: {
          kind: "held",
          site: "west",
          term: 2,
          bootId: pair.state("west").bootId,
          counter: 1,
          validityMs: Q,
          finalLsn: null,
        },
        [keys.sync]: {
          term: 2,
          mode: "async",
          standbyDataId: null,
          timeline: null,
          safeToPromote: false,
          geoFloor: "0/5800",
          unprotectedSince: at,
        },
        [keys.history(1)]: {
          term: 1,
          primary: "east",
          endedBy: "failover",
          successor: "west",
          run: "run-1",
          successorLsn: "0/5800",
          endedAt: at,
        },
      },
    });
  });

  it("by force compares neither lease nor standby, and names no fork: the log goes on until the gate", () => {
    const { compared, purpose, put } = writes({ force: true, cause: "forced" });
    expect([purpose, compared]).toEqual(["force-take-over", [keys.store, keys.term]]);
    expect(put[keys.term]).toMatchObject({ timeline: null, startLsn: null });
    expect(put[keys.history(1)]).toMatchObject({ successorLsn: null, endedBy: "forced" });
    // All that was called geo before still has to be found where the log ends.
    expect(put[keys.sync]).toMatchObject({ geoFloor: "0/4000", safeToPromote: false });
  });

  it("goes out once at a time, and again at the next round when nothing is known of it", () => {
    const order = anOrder();
    const { view } = pair.state("west");
    const phase = { kind: "deciding", order, view, position: pair.position, sent: true } as Phase;
    const openTxn = { attempt: 9, purpose: "take-over", sentAtMs: pair.now } as const;
    const waiting = { ...pair.state("west"), phase, openTxn, nextRoundAtMs: pair.now };
    const turn = aTurn(pair.now);
    expect(sendTakeOver(waiting, turn)).toBe(waiting);
    const late = pair.now + defaultParameters.requestTimeoutMs;
    const after = keeper.step(waiting, { kind: "tick" }, late);
    expect(after.effects).toContainEqual(
      expect.objectContaining({ kind: "send-txn", purpose: "take-over" }),
    );
  });
});

describe("a take-over that won", () => {
  const pair = lapsedPair();
  const won = (changes: Partial<KeeperState> = {}, force = false): KeeperState => {
    const order = anOrder({ force });
    const decided = decideTakeOver(pair.state("west"), aTurn(pair.now), order);
    const view = changed(decided.view, "term", { term: 2, primary: "west", claim: order.claim });
    const late = { leaseUntilMs: pair.now + 60_000, promiseUntilMs: pair.now + 60_000 };
    return winTakeOver({ ...decided, ...late, renewedTerm: 2, view, ...changes }, aTurn(pair.now));
  };

  it("begins without anything that an earlier term of this site had", () => {
    expect(won()).toMatchObject({
      renewedTerm: null,
      leaseUntilMs: Number.NEGATIVE_INFINITY,
      promiseUntilMs: Number.NEGATIVE_INFINITY,
      gateWaivedTerm: null,
      phase: { kind: "waiting-gate", step: "waiting" },
      openTxn: null,
    });
  });

  it("renews its lease at once, and tells the controller when the region serves", () => {
    const openTxn = { attempt: 9, purpose: "take-over", sentAtMs: pair.now } as const;
    expect(won({ openTxn })).toMatchObject({ openTxn: null, nextRoundAtMs: pair.now });
    for (const kind of ["take-over", "start-primary", "take-back"]) {
      const turn = aTurn(pair.now);
      const recording = {
        ...won(),
        phase: { kind: "recording-term" },
        owed: { id: 8, kind },
      } as const;
      expect(serve(recording, turn)).toMatchObject({ phase: { kind: "serving" }, owed: null });
      expect(turn.effects).toContainEqual({
        kind: "answer-command",
        id: 8,
        outcome: { kind: "done" },
      });
      expect(turn.effects).toContainEqual({ kind: "unblock-redis" });
    }
  });

  it("skips the gate when the term was released, but never by force", () => {
    const over = changed(pair.state("west").view, "lease", { kind: "released" });
    const waived = (force: boolean): number | null => {
      const order = anOrder({ force });
      const phase = { kind: "deciding", order, view: over, position: null, sent: true } as Phase;
      const view = changed(over, "term", { term: 2, primary: "west", claim: order.claim });
      return winTakeOver({ ...pair.state("west"), phase, view }, aTurn(pair.now)).gateWaivedTerm;
    };
    expect([waived(false), waived(true)]).toEqual([2, null]);
  });

  it("promotes neither without a live lease nor before the gate, to the millisecond", () => {
    const waiting = won();
    const gate = keeperRules.gateOpensAtMs(waiting);
    const promoted = (now: number, leaseUntilMs: number): boolean => {
      const turn = aTurn(now);
      passGate({ ...waiting, leaseUntilMs }, turn);
      const promotions = turn.effects.filter(({ kind }) => kind === "promote-postgres");
      for (const each of promotions) expect(each).toEqual({ kind: "promote-postgres", term: 2 });
      return promotions.length > 0;
    };
    expect(promoted(gate, gate + 1)).toBe(true);
    expect(promoted(gate - 1, gate + 1)).toBe(false);
    expect(promoted(gate, gate)).toBe(false);
    expect(promoted(gate, Number.NEGATIVE_INFINITY)).toBe(false);
  });

  it("by force stops its receiver at the gate before it promotes", () => {
    const waiting = won({}, true);
    const gate = keeperRules.gateOpensAtMs(waiting);
    const turn = aTurn(gate);
    const stopping = passGate({ ...waiting, leaseUntilMs: gate + 1 }, turn);
    expect(turn.effects).toEqual([{ kind: "stop-wal-receiver" }]);
    expect(stopping.phase).toMatchObject({ step: "stopping-receiver" });
    expect(passGate(stopping, aTurn(gate))).toBe(stopping);
  });
});

describe("a take-over that lost", () => {
  it("follows again, waits for no txn, and replicates unless it never stopped doing so", () => {
    const pair = lapsedPair();
    for (const force of [false, true]) {
      const decided = decideTakeOver(pair.state("west"), aTurn(pair.now), anOrder({ force }));
      const openTxn = { attempt: 9, purpose: "take-over", sentAtMs: pair.now } as const;
      const turn = aTurn(pair.now);
      const lost = loseTakeOver({ ...decided, openTxn }, turn, "why not");
      expect(lost).toMatchObject({ phase: { kind: "standby" }, openTxn: null });
      expect(turn.effects.some(({ kind }) => kind === "start-wal-receiver")).toBe(!force);
    }
  });
});

it("does nothing of a take-over in any other phase", () => {
  const pair = lapsedPair();
  const west = pair.state("west");
  const turn = aTurn(pair.now);
  expect(sendTakeOver(west, turn)).toBe(west);
  expect(winTakeOver(west, turn)).toBe(west);
  expect(loseTakeOver(west, turn, "nothing")).toBe(west);
  expect(passGate(west, turn)).toBe(west);
  expect(promote(west, turn)).toBe(west);
  expect(decideTakeOver({ ...west, view: null }, turn, anOrder()).phase.kind).toBe("standby");
  expect(turn.effects).toEqual([]);
});
