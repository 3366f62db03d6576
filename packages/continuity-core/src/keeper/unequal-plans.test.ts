import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView } from "../store/index.ts";
import { observe } from "./observe.ts";
import { aTurn, RegionPair } from "./region-pair.ts";
import { keeperRules as rules } from "./rules.ts";
import type { KeeperState } from "./state.ts";
import { keeper } from "./step.ts";
import { heldLease } from "./take-over.ts";

/** P and Q are the same as shipped; a plan may have them differ, and then each wait is counted by its own. */
const parameters = { ...defaultParameters, promiseMs: 1_000, leaseMs: 1_600 };
const { promiseMs: P, leaseMs: Q, guardMs: guard } = parameters;
const pair = new RegionPair(rules, parameters);
pair.boot("east");
pair.boot("west");
pair.run(300);
pair.command("east", { kind: "start-primary" });
pair.command("west", { kind: "start-standby" });
pair.run(3_000);
const { now } = pair;
const at = (site: "east" | "west", changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state(site),
  nextRoundAtMs: now + 10_000,
  ...changes,
});
const view = pair.state("east").view as QuorumView;

describe("a plan whose promise is worth less than its lease", () => {
  it("has an observer wait for each by its own length, guard included", () => {
    expect(rules.promiseWaitMs(parameters)).toBe(P + guard);
    expect(rules.leaseWaitMs(parameters, 100)).toBe(Q + guard);
    const lapses = (lastPromiseMs: number, leaseSeenAtMs: number) =>
      rules.lapsesAtMs(at("west", { lastPromiseMs, leaseSeenAtMs }));
    expect([lapses(5_000, 0), lapses(0, 5_000)]).toEqual([5_000 + P + guard, 5_000 + Q + guard]);
  });

  it("lengthens a permit by a promise for the promise's length", () => {
    expect(rules.promiseWorthMs(parameters, 60_000)).toBe(P);
    const { answer } = pair.log.flatMap(({ effect }) =>
      effect.kind === "answer-promise" && effect.answer.granted ? [effect] : [],
    )[0] ?? { answer: null };
    expect(answer).toMatchObject({ validityMs: P, promiserBootId: "boot-west-2" });
  });

  it("lengthens it by a renewal for the lease's length", () => {
    const openTxn = { attempt: 5, purpose: "renew", sentAtMs: now - 100 } as const;
    const event = { kind: "txn-answered", attempt: 5, succeeded: true, view } as const;
    const renewed = keeper.step(at("east", { openTxn, leaseUntilMs: now + 1 }), event, now);
    expect(renewed.state.leaseUntilMs).toBe(now - 100 + Q);
  });

  it("writes the lease's length into the lease, for whoever waits for it", () => {
    expect(heldLease(at("east"), 1, 1).validityMs).toBe(Q);
    expect(pair.store.view().lease.record?.validityMs).toBe(Q);
  });

  it("has a new term wait for a lease of that length where none longer was seen", () => {
    const shorter = { ...view.lease, record: { ...view.lease.record, validityMs: 100 } };
    const known = at("west", { view: { ...view, lease: shorter } as QuorumView });
    const term = { record: { ...view.term.record, term: 2 }, revision: view.term.revision + 50 };
    const next = observe(known, aTurn(now), { ...view, term } as QuorumView);
    expect(next.predecessorValidityMs).toBe(Q);
    expect(observe(at("west", { view: null }), aTurn(now), view).predecessorValidityMs).toBe(Q);
    const identity = { site: "east", bootId: "b", parameters, startedAt: "" } as const;
    expect(keeper.start(identity, now).state.predecessorValidityMs).toBe(Q);
  });
});
