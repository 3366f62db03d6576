import { describe, expect, it } from "vitest";
import { deadlineMs } from "./permit.ts";
import { exited, promotionFailed, started, startForTerm, stopped } from "./postgres.ts";
import { anOrder, aTurn, RegionPair } from "./region-pair.ts";
import { keeperRules } from "./rules.ts";
import type { KeeperState, Phase, PostgresState } from "./state.ts";

const pair = RegionPair.serving();
const { now } = pair;
const east = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("east"),
  openTxn: null,
  ...changes,
});
const west = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("west"),
  ...changes,
});
const atNow = (at = now) => aTurn(at);
const releasing = (step: "revoking" | "stopping"): Phase => ({
  kind: "releasing",
  step,
  untilMs: now,
  change: 1e15,
  finalLsn: null,
});
const waiting: Phase = { kind: "waiting-gate", order: anOrder(), step: "promoting" };

describe("a database that accepts connections", () => {
  it("as a primary writes the term first where a start or a promotion had begun", () => {
    for (const phase of [{ kind: "resuming" }, waiting] as const) {
      const turn = atNow();
      const after = started(east({ phase, postgres: "starting-primary" }), turn, "primary");
      expect(after).toMatchObject({ phase: { kind: "recording-term" }, postgres: "primary" });
      expect(turn.effects).toContainEqual({ kind: "record-term", term: 1 });
    }
  });

  it("as a primary gives its term up if that is what was ordered meanwhile", () => {
    const turn = atNow();
    const after = started(
      east({ phase: releasing("revoking"), postgres: "starting-primary" }),
      turn,
      "primary",
    );
    expect(after).toMatchObject({ phase: { kind: "releasing" }, postgres: "primary" });
    expect(turn.effects).toEqual([]);
  });

  it("as a standby answers the order to start it, as its stop answers the order to stop it", () => {
    const turn = atNow();
    const starting = {
      postgres: "starting-standby",
      owed: { id: 4, kind: "start-standby" },
    } as const;
    const running = started(west(starting), turn, "standby");
    expect(running).toMatchObject({ postgres: "standby", owed: null });
    const stopping = {
      ...running,
      postgres: "stopping",
      owed: { id: 5, kind: "stop-standby" },
    } as const;
    expect(stopped(stopping, turn, null)).toMatchObject({ postgres: "down", owed: null });
    expect(turn.effects).toEqual([
      { kind: "answer-command", id: 4, outcome: { kind: "done" } },
      { kind: "answer-command", id: 5, outcome: { kind: "done" } },
    ]);
  });

  it("is nobody's when its start was not awaited any more", () => {
    for (const postgres of ["down", "stopping", "standby", "primary"] as const) {
      const state = west({ postgres });
      expect(started(state, atNow(), "standby")).toBe(state);
      expect(started(state, atNow(), "primary")).toBe(state);
    }
  });
});

describe("a database that ended", () => {
  it("by itself keeps the phase of who serves, without geo, and begins a start or a promotion anew", () => {
    const endedIn = (phase: Phase, postgres: PostgresState = "primary") =>
      exited(east({ phase, postgres, geo: { on: true, generation: 3 } }), atNow());
    expect(endedIn({ kind: "serving" })).toMatchObject({
      phase: { kind: "serving" },
      postgres: "down",
      geo: { on: false },
    });
    expect(endedIn({ kind: "draining" }).phase.kind).toBe("draining");
    for (const phase of [{ kind: "resuming" }, { kind: "recording-term" }, waiting] as const)
      expect(endedIn(phase, "starting-primary").phase).toEqual({ kind: "serving" });
  });

  it("while it was being stopped is stopped, without an end of its log", () => {
    const turn = atNow();
    const after = exited(east({ phase: releasing("stopping"), postgres: "stopping" }), turn);
    expect(after).toMatchObject({ postgres: "down", phase: { step: "writing", finalLsn: null } });
    expect(turn.effects).toMatchObject([{ kind: "send-txn", purpose: "release" }]);
  });

  it("as a standby refuses the start that was owed, and follows on", () => {
    const turn = atNow();
    const owed = { id: 4, kind: "start-standby" };
    expect(exited(west({ postgres: "starting-standby", owed }), turn)).toMatchObject({
      postgres: "down",
      owed: null,
      phase: { kind: "standby" },
    });
    expect(turn.effects).toMatchObject([{ kind: "answer-command", outcome: { kind: "refused" } }]);
  });

  it("by itself is an alarm where it was a primary, started or starting", () => {
    const alarms = (postgres: PostgresState): number => {
      const turn = atNow();
      exited(east({ postgres }), turn);
      return turn.effects.filter(({ kind }) => kind === "alarm").length;
    };
    expect([alarms("primary"), alarms("starting-primary")]).toEqual([1, 1]);
    expect([alarms("standby"), alarms("starting-standby")]).toEqual([0, 0]);
  });

  it("leaves a release that still waits for its portals where it is", () => {
    const turn = atNow();
    const after = stopped(east({ phase: releasing("revoking"), postgres: "stopping" }), turn, null);
    expect(after.phase).toMatchObject({ step: "revoking" });
    expect(turn.effects).toEqual([]);
  });

  it("cleanly leaves the end of its log to the release that waits for it", () => {
    const turn = atNow();
    const after = stopped(
      east({ phase: releasing("stopping"), postgres: "stopping" }),
      turn,
      "0/9000",
    );
    expect(after.phase).toMatchObject({ step: "writing", finalLsn: "0/9000" });
  });
});

describe("a promotion that failed", () => {
  it("is stopped, and begun again by whoever serves; one that is not awaited changes nothing", () => {
    const turn = atNow();
    const after = promotionFailed(east({ phase: waiting, postgres: "starting-primary" }), turn);
    expect(after).toMatchObject({ postgres: "stopping", phase: { kind: "serving" } });
    expect(turn.effects).toMatchObject([
      { kind: "alarm", alarm: "promotion-failed" },
      { kind: "stop-postgres", mode: "immediate" },
      { kind: "announce-change" },
    ]);
    const running = east({ phase: waiting, postgres: "primary" });
    expect(promotionFailed(running, atNow())).toBe(running);
  });
});

describe("a start for the term", () => {
  const gate = keeperRules.gateOpensAtMs(east());
  const resuming = (changes: Partial<KeeperState> = {}): KeeperState =>
    east({
      phase: { kind: "resuming" },
      postgres: "down",
      leaseUntilMs: gate + 500,
      promiseUntilMs: 0,
      ...changes,
    });
  const orders = (state: KeeperState, at: number): readonly string[] => {
    const turn = atNow(at);
    startForTerm(state, turn);
    return turn.effects.map(({ kind }) => kind).filter((kind) => kind !== "announce-change");
  };

  it("waits for the gate and needs a live lease, both to the millisecond", () => {
    expect(deadlineMs(resuming(), keeperRules)).toBe(gate + 500);
    expect(orders(resuming(), gate - 1)).toEqual([]);
    expect(orders(resuming(), gate)).toEqual(["start-postgres"]);
    expect(orders(resuming(), gate + 499)).toEqual(["start-postgres"]);
    expect(orders(resuming(), gate + 500)).toEqual([]);
  });

  it("promotes a standby that runs, writes the term into a primary that runs, and waits for the rest", () => {
    expect(orders(resuming({ postgres: "standby" }), gate)).toEqual(["promote-postgres"]);
    expect(orders(resuming({ postgres: "primary" }), gate)).toEqual(["record-term"]);
    for (const postgres of ["stopping", "starting-primary", "starting-standby"] as const)
      expect(orders(resuming({ postgres }), gate)).toEqual([]);
  });

  it("names the term that the database is promoted for", () => {
    const turn = atNow(gate);
    startForTerm(resuming({ postgres: "standby" }), turn);
    expect(turn.effects).toContainEqual({ kind: "promote-postgres", term: 1 });
  });

  it("is ordered once: the database is starting from then on", () => {
    for (const postgres of ["standby", "down"] as const)
      expect(startForTerm(resuming({ postgres }), atNow(gate)).postgres).toBe("starting-primary");
  });

  it("is nobody's in another phase", () => {
    expect(orders(resuming({ phase: { kind: "serving" } }), gate)).toEqual([]);
  });
});
