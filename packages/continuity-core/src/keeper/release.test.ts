import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { KeeperEffect } from "./effects.ts";
import { aTurn, RegionPair } from "./region-pair.ts";
import {
  beginRelease,
  confirmGeoRevoked,
  released,
  revokeForRelease,
  stopForRelease,
  takeBack,
  writeRelease,
} from "./release.ts";
import type { KeeperState, KnownPortal, Phase } from "./state.ts";

const { guardMs: guard } = defaultParameters;
const pair = RegionPair.serving();
const { now } = pair;
const east = (changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state("east"),
  openTxn: null,
  // Long enough ago for the permits of an earlier life to be over.
  startedAtMs: now - 60_000,
  ...changes,
});
const atNow = (at = now) => aTurn(at);
const kinds = (turn: { readonly effects: readonly KeeperEffect[] }): string[] =>
  turn.effects.map(({ kind }) => kind);
const releasing = (
  step: "finishing" | "revoking" | "stopping" | "writing",
  changes: { readonly untilMs?: number; readonly change?: number; readonly finalLsn?: string } = {},
): Phase => ({
  kind: "releasing",
  step,
  untilMs: now + 100,
  change: 9,
  finalLsn: null,
  ...changes,
});
const portal = (seenChange: number): ReadonlyMap<string, KnownPortal> =>
  new Map([["p", { seenChange, permitUntilMs: now + 900, geoUntilMs: now + 700 }]]);

describe("the revocation of a release", () => {
  it("is the change that portals are told of, never an earlier one that they have seen", () => {
    const turn = atNow();
    const revoking = beginRelease(east({ phase: { kind: "draining" }, change: 20 }), turn);
    expect(revoking).toMatchObject({ change: 21, phase: { step: "revoking", change: 21 } });
    expect(turn.effects).toEqual([{ kind: "announce-change", change: 21 }]);
    const finishing = beginRelease(east({ phase: { kind: "serving" }, change: 20 }), atNow());
    expect(finishing).toMatchObject({ change: 21, phase: { step: "finishing" } });
    const revoked = revokeForRelease(finishing, atNow(now + 1_000));
    expect(revoked).toMatchObject({ change: 22, phase: { step: "revoking", change: 22 } });
  });

  it("comes after one commit's time, to the millisecond, and only once", () => {
    const finishing = beginRelease(east({ phase: { kind: "serving" } }), atNow());
    const until = now + defaultParameters.roundTripMs + 40;
    expect(finishing.phase).toMatchObject({ untilMs: until });
    expect(revokeForRelease(finishing, atNow(until - 1))).toBe(finishing);
    const revoked = revokeForRelease(finishing, atNow(until));
    expect(revoked.phase).toMatchObject({ step: "revoking" });
    expect(revokeForRelease(revoked, atNow(until + 1))).toBe(revoked);
  });

  it("is at once for a region without a database that could commit", () => {
    for (const postgres of ["down", "starting-primary", "stopping"] as const) {
      const state = beginRelease(east({ phase: { kind: "serving" }, postgres }), atNow());
      expect(state.phase).toMatchObject({ step: "revoking", untilMs: now });
    }
  });
});

describe("the database of a release", () => {
  const stop = (seenChange: number, at: number, changes: Partial<KeeperState> = {}) => {
    const turn = atNow(at);
    const state = east({ phase: releasing("revoking"), portals: portal(seenChange), ...changes });
    return { state: stopForRelease(state, turn), effects: turn.effects };
  };

  it("is stopped cleanly, with Redis blocked first, when every portal confirmed", () => {
    const { effects, state } = stop(9, now);
    expect(effects).toEqual([{ kind: "block-redis" }, { kind: "stop-postgres", mode: "fast" }]);
    expect(state).toMatchObject({ postgres: "stopping", phase: { step: "stopping" } });
    expect(stop(8, now).effects).toEqual([]);
  });

  it("is stopped at the end of the last permit plus guard, to the millisecond", () => {
    expect(stop(8, now + 900 + guard - 0.5).effects).toEqual([]);
    expect(stop(8, now + 900 + guard).effects).toHaveLength(2);
  });

  it("that is stopping or down is not stopped again", () => {
    const stopping = stop(9, now, { postgres: "stopping" });
    expect(stopping.effects).toEqual([]);
    expect(stopping.state.phase).toMatchObject({ step: "stopping" });
    const down = stop(9, now, { postgres: "down" });
    expect(down.effects).toMatchObject([{ kind: "send-txn", purpose: "release" }]);
    expect(down.state.phase).toMatchObject({ step: "writing", finalLsn: null });
  });
});

describe("the record of a release", () => {
  it("names the end of the log, in the same term, and its counter grows", () => {
    const lease = pair.store.view().lease.record;
    const turn = atNow();
    writeRelease(east({ phase: releasing("writing", { finalLsn: "0/9000" }) }), turn);
    expect(turn.effects).toMatchObject([
      {
        purpose: "release",
        txn: {
          puts: [
            {
              record: {
                kind: "released",
                term: 1,
                finalLsn: "0/9000",
                counter: (east().view?.lease.record?.counter ?? 0) + 1,
              },
            },
          ],
        },
      },
    ]);
    expect(lease?.kind).toBe("held");
  });

  it("waits for the txn that is on its way, and for its own step", () => {
    const openTxn = { attempt: 5, purpose: "renew", sentAtMs: now } as const;
    const waiting = east({ phase: releasing("writing"), openTxn });
    const turn = atNow();
    expect(writeRelease(waiting, turn)).toBe(waiting);
    const early = east({ phase: releasing("stopping") });
    expect(writeRelease(early, turn)).toBe(early);
    expect(kinds(turn)).toEqual([]);
  });

  it("ends everything that could give a permit", () => {
    const turn = atNow();
    const over = released(
      east({
        phase: releasing("writing", { finalLsn: "0/9000" }),
        owed: { id: 4, kind: "release" },
      }),
      turn,
    );
    expect(over).toMatchObject({
      phase: { kind: "released" },
      renewedTerm: null,
      leaseUntilMs: Number.NEGATIVE_INFINITY,
      promiseUntilMs: Number.NEGATIVE_INFINITY,
      owed: null,
    });
    expect(turn.effects).toContainEqual({
      kind: "answer-command",
      id: 4,
      outcome: { kind: "done", finalLsn: "0/9000" },
    });
    const serving = east({ phase: { kind: "serving" } });
    expect(released(serving, turn)).toBe(serving);
  });

  it("is taken back by a held lease of the same term, one txn at a time", () => {
    const turn = atNow();
    takeBack(east({ phase: { kind: "taking-back" } }), turn);
    expect(turn.effects).toMatchObject([
      {
        purpose: "take-back",
        txn: {
          puts: [
            {
              record: {
                kind: "held",
                term: 1,
                finalLsn: null,
                counter: (east().view?.lease.record?.counter ?? 0) + 1,
              },
            },
          ],
        },
      },
    ]);
    const openTxn = { attempt: 5, purpose: "take-back", sentAtMs: now } as const;
    const waiting = east({ phase: { kind: "taking-back" }, openTxn });
    expect(takeBack(waiting, atNow())).toBe(waiting);
  });
});

describe("geo is revoked", () => {
  it("when every portal confirmed, or its permit that said geo is over, guard included", () => {
    const confirmed = (seenChange: number, at: number): boolean => {
      const turn = atNow(at);
      const geoRevocation = { command: 6, change: 9 };
      const state = confirmGeoRevoked(east({ geoRevocation, portals: portal(seenChange) }), turn);
      expect(state.geoRevocation === null).toBe(turn.effects.length > 0);
      for (const effect of turn.effects)
        expect(effect).toEqual({ kind: "answer-command", id: 6, outcome: { kind: "done" } });
      return turn.effects.length > 0;
    };
    expect([confirmed(9, now), confirmed(8, now)]).toEqual([true, false]);
    expect(confirmed(8, now + 700 + guard - 0.5)).toBe(false);
    expect(confirmed(8, now + 700 + guard)).toBe(true);
  });
});
