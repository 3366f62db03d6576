import { describe, expect, it } from "vitest";
import { defaultParameters } from "../parameters.ts";
import { forceQuorum, forceTakeOver, keys, type QuorumView, writeLease } from "../store/index.ts";
import { anOrder, RegionPair } from "./region-pair.ts";
import { keeperRules } from "./rules.ts";
import { keeperStatus } from "./status.ts";
import { keeper } from "./step.ts";

/** A portal that acts on every change that it is told. */
const newest = Number.MAX_SAFE_INTEGER;
const { promiseMs: P, leaseMs: Q, guardMs: guard } = defaultParameters;

describe("a keeper that starts", () => {
  it("stops whatever PostgreSQL still runs, and gives portals nothing", () => {
    const pair = new RegionPair();
    pair.boot("east");
    expect(pair.effects("east", "stop-postgres")).toEqual([
      { kind: "stop-postgres", mode: "immediate" },
    ]);
    expect(pair.ask("east")).toMatchObject({ permit: null, reason: "starting" });
  });

  it("reads nothing into a lease that it finds: no permit before a renewal of its own", () => {
    const pair = RegionPair.serving();
    pair.store.isAnswering = false;
    pair.boot("east");
    pair.run(5_000);
    expect(pair.ask("east").permit).toBeNull();
    expect(pair.effects("east", "start-postgres", pair.now - 5_000)).toEqual([]);
  });

  it("serves as the first primary of an installation, and its portals get a permit of term 1", () => {
    const pair = RegionPair.serving();
    expect(pair.ask("east")).toMatchObject({
      reason: "serving",
      primary: "east",
      permit: { term: 1 },
    });
    expect(pair.ask("west")).toMatchObject({ reason: "standby", primary: "east", permit: null });
  });

  it("records the term in the data before the first permit", () => {
    const pair = RegionPair.serving();
    expect(pair.effects("east", "record-term")).toEqual([{ kind: "record-term", term: 1 }]);
    const recorded = pair.log.findIndex((each) => each.effect.kind === "record-term");
    const blocked = pair.log.findIndex((each) => each.effect.kind === "unblock-redis");
    expect(recorded).toBeLessThan(blocked);
  });
});

describe("the two sources of a permit", () => {
  it("keep the primary writable through the loss of the quorum, as long as the standby promises", () => {
    const pair = RegionPair.serving();
    pair.store.isAnswering = false;
    pair.run(60_000);
    expect(pair.ask("east").permit).not.toBeNull();
  });

  it("keep the primary writable through the loss of the standby, as long as it renews", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("west");
    pair.run(60_000);
    expect(pair.ask("east").permit).not.toBeNull();
  });

  it("end P or Q after both are gone: PostgreSQL is stopped at once, not at the next round", () => {
    const pair = RegionPair.serving();
    pair.cut.add("east");
    const since = pair.now;
    const deadline = since + keeperStatus(pair.state("east"), pair.now).permitRemainingMs;
    pair.run(Math.max(P, Q) + 20);
    const [stop] = pair.log.filter(
      (each) => each.atMs >= since && each.site === "east" && each.effect.kind === "stop-postgres",
    );
    expect(stop?.effect).toEqual({ kind: "stop-postgres", mode: "immediate" });
    // Questions on their way when the cut fell were asked before it.
    expect(stop?.atMs).toBeLessThanOrEqual(deadline + defaultParameters.renewMs);
    expect(pair.ask("east")).toMatchObject({ permit: null, reason: "fenced" });
  });

  it("count from before they were sent: a late answer is worth less, not more", () => {
    const late = keeperRules.holderCountsFrom(1_000, 1_900);
    expect(late).toBe(1_000);
  });

  it("let no promise start a permit: a restarted primary without quorum stays down", () => {
    const pair = RegionPair.serving();
    pair.boot("east");
    pair.run(100);
    pair.store.isAnswering = false;
    pair.command("east", { kind: "start-primary" });
    pair.run(5_000);
    expect(keeperRules.mayUsePromise(pair.state("east"))).toBe(false);
    expect(pair.ask("east").permit).toBeNull();
  });

  it("stop when the controller is silent for 10 s", () => {
    const pair = RegionPair.serving();
    const state = pair.state("east");
    const silentAt = state.controllerSeenAtMs + defaultParameters.controllerSilenceMs;
    expect(keeperRules.mayRenew(state, silentAt - 1)).toBe(true);
    expect(keeperRules.mayRenew(state, silentAt)).toBe(false);
  });

  it("are dropped until the next renewal when the clocks disagree", () => {
    const pair = RegionPair.serving();
    pair.event("east", { kind: "clocks-disagree", byMs: 500 });
    expect(pair.ask("east").permit).toBeNull();
    pair.run(400);
    expect(pair.ask("east").permit).not.toBeNull();
  });
});

describe("a primary that fenced itself while nobody took over", () => {
  it("renews when the quorum returns, starts PostgreSQL and goes on in the same term", () => {
    const pair = RegionPair.serving();
    pair.cut.add("east");
    pair.run(3_000);
    expect(pair.state("east").phase).toMatchObject({ kind: "fenced", why: "deadline" });
    pair.cut.delete("east");
    pair.run(2_000);
    expect(pair.ask("east")).toMatchObject({ reason: "serving", permit: { term: 1 } });
  });

  it("stays fenced when a higher term began", () => {
    const pair = RegionPair.serving();
    pair.cut.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(3_000);
    pair.cut.delete("east");
    pair.run(2_000);
    expect(pair.state("east").phase).toMatchObject({ kind: "fenced", why: "higher-term" });
    expect(pair.ask("west")).toMatchObject({ reason: "serving", permit: { term: 2 } });
  });
});

describe("a promise", () => {
  const ask = (pair: RegionPair, changes: Record<string, unknown> = {}) => {
    const from = pair.log.length;
    const storeId = pair.store.view().store.record?.id ?? "";
    const question = { question: 900, storeId, term: 1, askerBootId: "boot-east-1", ...changes };
    pair.event("west", { kind: "promise-asked", question });
    const effect = pair.log
      .slice(from)
      .find((each) => each.effect.kind === "answer-promise")?.effect;
    return effect?.kind === "answer-promise" ? effect.answer : null;
  };

  it("is given by the standby, and noted in the same step", () => {
    const pair = RegionPair.serving();
    expect(ask(pair)).toMatchObject({ granted: true, validityMs: P });
    expect(pair.state("west").lastPromiseMs).toBe(pair.now);
  });

  it("is refused before one quorum read since start", () => {
    const pair = RegionPair.serving();
    pair.store.isAnswering = false;
    pair.boot("west");
    expect(ask(pair)).toMatchObject({ granted: false, reason: "no-quorum-read-yet" });
  });

  it("is refused for a higher, an unknown and an older term, and for another store", () => {
    const pair = RegionPair.serving();
    expect(ask(pair, { term: 2 })).toMatchObject({ granted: false, reason: "unknown-term" });
    expect(ask(pair, { term: 0 })).toMatchObject({ granted: false, reason: "stale-term" });
    const storeId = "00000000-0000-4000-8000-0000000000ff";
    expect(ask(pair, { storeId })).toMatchObject({ granted: false, reason: "another-store" });
  });

  it("is refused after a release was seen", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "release" });
    pair.run(3_000);
    expect(ask(pair)).toMatchObject({ granted: false, reason: "released" });
  });

  it("is refused once a take-over is decided, however long its txn is not answered", () => {
    const pair = RegionPair.serving();
    pair.cut.add("east");
    pair.run(2_000);
    pair.store.isAnswering = false;
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(20_000);
    expect(ask(pair)).toMatchObject({ granted: false, reason: "deciding" });
  });

  it("is refused by the primary itself", () => {
    const pair = RegionPair.serving();
    const from = pair.log.length;
    const storeId = pair.store.view().store.record?.id ?? "";
    const question = { question: 1, storeId, term: 1, askerBootId: "boot-west-9" };
    pair.event("east", { kind: "promise-asked", question });
    expect(pair.log[from]?.effect).toMatchObject({
      answer: { granted: false, reason: "not-standby" },
    });
  });
});

describe("a take-over", () => {
  it("is refused while the lease lives, and while the promise lives", () => {
    const pair = RegionPair.serving();
    pair.command("west", { kind: "take-over", order: anOrder() }, 7);
    expect(pair.effects("west", "answer-command").at(-1)).toMatchObject({
      id: 7,
      outcome: { kind: "refused", why: "the primary has not lapsed" },
    });
    pair.store.isAnswering = false; // The promise goes on.
    pair.run(30_000);
    expect(keeperStatus(pair.state("west"), pair.now).lapsesInMs).toBeGreaterThan(0);
  });

  it("is offered to the controller when both have lapsed plus guard, on a timer", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    const since = pair.now;
    pair.run(3_000);
    const [lapsed] = pair.log.filter(
      (each) => each.site === "west" && each.atMs >= since && each.effect.kind === "primary-lapsed",
    );
    const afterMs = (lapsed?.atMs ?? 0) - since;
    expect(afterMs).toBeGreaterThan(Q - defaultParameters.renewMs);
    expect(afterMs).toBeLessThan(Math.max(P, Q) + guard + defaultParameters.renewMs + 100);
  });

  it("ends in a permit of the next term, written into the data first", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() }, 7);
    pair.run(1_000);
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 }, reason: "serving" });
    expect(pair.effects("west", "record-term").at(-1)).toEqual({ kind: "record-term", term: 2 });
    expect(pair.effects("west", "answer-command").at(-1)).toMatchObject({
      outcome: { kind: "done" },
    });
    expect(pair.store.view().sync.record).toMatchObject({ mode: "async", safeToPromote: false });
  });

  it.each([
    ["another data directory", { dataId: "data-new" }, "this is not the data that was recorded"],
    ["another timeline", { timeline: 3 }, "the standby is on another timeline"],
    [
      "less than the geo floor",
      { flushedLsn: "0/3000" },
      "the standby lacks writes that were acknowledged as geo durable",
    ],
  ])("is not sent by a standby with %s", (_, change, why) => {
    const pair = RegionPair.serving();
    pair.position = { ...pair.position, ...change };
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() }, 7);
    pair.run(1_000);
    expect(pair.effects("west", "answer-command").at(-1)).toMatchObject({
      outcome: { kind: "refused", why },
    });
    expect(pair.effects("west", "start-wal-receiver")).toHaveLength(1);
    expect(pair.store.view().term.record?.term).toBe(1);
  });

  it("loses against a renewal that was applied after the decision", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() }, 7);
    renewFor(pair);
    pair.run(1_000);
    expect(pair.store.view().term.record?.term).toBe(1);
    expect(pair.state("west").phase.kind).toBe("standby");
  });

  it("stays decided while its txn may still be applied, and follows when that is impossible", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(5);
    pair.store.isAnswering = false;
    pair.run(5_000);
    expect(pair.state("west").phase.kind).toBe("deciding");
    renewFor(pair);
    pair.store.isAnswering = true;
    pair.run(1_000);
    expect(pair.state("west").phase.kind).toBe("standby");
  });

  it("is recognised as won by its claim when the answer was lost", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(35); // The txn is applied; its answer is not.
    pair.event("west", { kind: "txn-unknown", attempt: pair.state("west").openTxn?.attempt ?? 0 });
    pair.run(2_000);
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 } });
  });
});

describe("the gate", () => {
  it("keeps a restarted keeper from permits until its last possible promise is over", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(60);
    pair.boot("west"); // Its txn has won; the new life has promised nothing it knows of.
    const bootedAt = pair.now;
    pair.run(200);
    pair.command("west", { kind: "start-primary" });
    pair.run(P + guard - 200 - 10);
    expect(pair.ask("west").permit).toBeNull();
    pair.run(1_000);
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 } });
    expect(pair.now - bootedAt).toBeLessThan(P + guard + 1_500);
  });

  it("makes a forced take-over wait for the old lease as well", () => {
    const pair = RegionPair.serving();
    const since = pair.now;
    pair.command("west", { kind: "take-over", order: anOrder({ force: true, cause: "forced" }) });
    pair.run(100);
    expect(pair.store.view().term.record).toMatchObject({ term: 2, primary: "west" });
    pair.run(Q + guard - 100);
    expect(pair.effects("west", "promote-postgres")).toEqual([]);
    pair.run(1_500);
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 } });
    expect(pair.now - since).toBeLessThan(Q + guard + 2_000);
  });

  it("makes the old primary stop when it sees the forced term", () => {
    const pair = RegionPair.serving();
    pair.command("west", { kind: "take-over", order: anOrder({ force: true, cause: "forced" }) });
    pair.run(500);
    expect(pair.state("east").phase).toMatchObject({ kind: "fenced", why: "higher-term" });
  });
});

describe("a release", () => {
  it("lets commits that are on their way be acknowledged, for one commit's time", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "release" });
    pair.run(50);
    expect(pair.ask("east")).toMatchObject({ reason: "draining", permit: { term: 1 } });
    pair.run(60);
    expect(pair.ask("east")).toMatchObject({ reason: "draining", permit: null });
  });

  it("of a region that was drained before revokes at once", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "drain" });
    pair.command("east", { kind: "release" });
    expect(pair.ask("east").permit).toBeNull();
  });

  it("waits until every portal confirmed, or its permit is over", () => {
    const pair = RegionPair.serving();
    pair.ask("east", "portal-1", newest);
    pair.ask("east", "portal-2", newest);
    pair.command("east", { kind: "release" });
    pair.run(110);
    pair.ask("east", "portal-1", newest);
    pair.run(200);
    expect(pair.effects("east", "stop-postgres", 10_001)).toEqual([]);
    pair.ask("east", "portal-2", newest);
    pair.run(200);
    expect(pair.effects("east", "stop-postgres", 10_001)).toEqual([
      { kind: "stop-postgres", mode: "fast" },
    ]);
    expect(pair.store.view().lease.record).toMatchObject({ kind: "released", finalLsn: "0/6000" });
  });

  it("waits out a portal that does not answer any more", () => {
    const pair = RegionPair.serving();
    const given = pair.ask("east", "portal-1", 0).permit?.remainingMs ?? 0;
    pair.command("east", { kind: "release" });
    pair.run(given + guard - 5);
    expect(pair.effects("east", "stop-postgres", 10_001)).toEqual([]);
    pair.run(300);
    expect(pair.store.view().lease.record).toMatchObject({ kind: "released" });
  });

  it("is not confirmed by what a portal had confirmed to an earlier life of this keeper", () => {
    const pair = RegionPair.serving();
    const seen = pair.ask("east").change;
    pair.boot("east");
    pair.run(200);
    pair.command("east", { kind: "start-primary" });
    pair.run(3_000);
    pair.ask("east", "portal-1", seen);
    pair.command("east", { kind: "release" });
    const { phase, portals } = pair.state("east");
    expect(phase.kind).toBe("releasing");
    expect(portals.get("portal-1")?.seenChange).toBeLessThan(
      phase.kind === "releasing" ? phase.change : 0,
    );
  });

  it("waits for the permits of an earlier life after a restart", () => {
    const pair = RegionPair.serving();
    const state = { ...pair.state("east"), startedAtMs: pair.now, portals: new Map() };
    const complete = keeperRules.revocationCompleteAtMs(state, 99, "permit");
    expect(complete).toBe(pair.now + Math.max(P, Q) + guard);
  });

  it("is heard from the watch before it is read, and only of the lease that was read", () => {
    const pair = RegionPair.serving();
    const before = pair.state("west").view?.lease;
    pair.command("east", { kind: "release" });
    pair.run(150);
    const lease = pair.store.view().lease;
    expect(lease.record?.kind).toBe("released");
    const hear = (change: Partial<NonNullable<typeof lease.record>>, revision = lease.revision) => {
      const record = lease.record && { ...lease.record, ...change };
      return keeper.step(
        pair.state("west"),
        { kind: "lease-heard", lease: { record, revision } },
        pair.now,
      );
    };
    expect(keeperStatus(hear({}).state, pair.now).lapsesInMs).toBe(0);
    for (const stale of [
      hear({ term: 7 }),
      hear({ bootId: "another life" }),
      hear({}, before?.revision),
    ]) {
      expect(keeperStatus(stale.state, pair.now).lapsesInMs).toBeGreaterThan(0);
    }
  });

  it("and a renewal heard from the watch restarts the standby's wait when it is received", () => {
    const pair = RegionPair.serving();
    const state = pair.state("west");
    const { lease } = state.view ?? {};
    if (!lease?.record) throw new Error("a lease is held");
    const renewed = { ...lease.record, counter: lease.record.counter + 1 };
    const heard = { record: renewed, revision: pair.store.view().lease.revision + 1 };
    const at = pair.now + 100;
    const after = keeper.step(state, { kind: "lease-heard", lease: heard }, at).state;
    expect(after.leaseSeenAtMs).toBe(at);
    expect(after.view?.lease).toEqual(heard);
    expect(after.lastPromiseMs).toBe(state.lastPromiseMs);
  });

  it("lets the other side skip the waits, and proves that it has the end of the log", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "release" });
    pair.run(150);
    pair.event("west", { kind: "refresh" });
    pair.run(50);
    const order = anOrder({ cause: "switchover", mustReach: "0/6000", withinRpo: false });
    pair.command("west", { kind: "take-over", order }, 8);
    pair.run(100);
    expect(pair.effects("west", "answer-command").at(-1)).toMatchObject({
      outcome: { why: "the standby lacks the end of the primary's log" },
    });
    pair.position = { ...pair.position, flushedLsn: "0/6000" };
    const since = pair.now;
    pair.command("west", { kind: "take-over", order }, 9);
    pair.run(400);
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 } });
    expect(pair.now - since).toBeLessThan(P);
  });

  it("is taken back by txn after a cancelled switchover, in the same term", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "release" });
    pair.run(500);
    pair.command("east", { kind: "take-back" });
    pair.run(1_000);
    expect(pair.ask("east")).toMatchObject({ permit: { term: 1 }, reason: "serving" });
  });

  it("cannot be taken back once the other side took the term", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "release" });
    pair.run(500);
    pair.position = { ...pair.position, flushedLsn: "0/6000" };
    pair.command("west", {
      kind: "take-over",
      order: anOrder({ cause: "switchover", mustReach: "0/6000" }),
    });
    pair.command("east", { kind: "take-back" });
    pair.run(1_500);
    const holders = (["east", "west"] as const).filter((site) => pair.ask(site).permit !== null);
    expect(holders).toHaveLength(1);
  });
});

describe("geo durability at the keeper", () => {
  it("is announced only for the record that the keeper has seen", () => {
    const pair = RegionPair.serving();
    const { revision } = pair.store.view().sync;
    pair.command("east", { kind: "announce-geo", generation: revision + 1 }, 5);
    expect(pair.effects("east", "answer-command").at(-1)).toMatchObject({
      outcome: { kind: "refused" },
    });
    pair.command("east", { kind: "announce-geo", generation: revision }, 6);
    expect(pair.ask("east").durability).toMatchObject({ geo: true, generation: revision });
  });

  it("ends by itself when another record of the standby is seen", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    pair.command("east", { kind: "announce-geo", generation: view.sync.revision });
    pair.store.apply({
      compare: [],
      puts: [{ key: keys.sync, record: { ...view.sync.record, mode: "async" } }],
    });
    pair.run(400);
    expect(pair.ask("east").durability.geo).toBe(false);
  });

  it("is revoked only when every portal confirmed", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "announce-geo", generation: pair.store.view().sync.revision });
    pair.ask("east", "portal-1", newest);
    pair.command("east", { kind: "revoke-geo" }, 12);
    pair.run(100);
    const answered = () =>
      pair
        .effects("east", "answer-command")
        .some((each) => each.kind === "answer-command" && each.id === 12);
    expect(answered()).toBe(false);
    pair.ask("east", "portal-1", newest);
    expect(answered()).toBe(true);
  });
});

describe("another keeper of the same site", () => {
  it("makes this one stop PostgreSQL, promise nothing and take nothing", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    pair.store.apply({
      compare: [],
      puts: [
        {
          key: keys.keeper("east"),
          record: { bootId: "usurper", claimedAt: view.term.record?.startedAt },
        },
      ],
    });
    pair.run(400);
    expect(pair.state("east").phase.kind).toBe("halted");
    expect(pair.ask("east")).toMatchObject({ permit: null, reason: "fenced" });
    pair.command("east", { kind: "start-primary" }, 3);
    expect(pair.effects("east", "answer-command").at(-1)).toMatchObject({
      outcome: { kind: "refused" },
    });
  });
});

describe("another life of the quorum store", () => {
  const reborn = (pair: RegionPair, primary: "east" | "west", generation = 2) => {
    const order = {
      newStoreId: `00000000-0000-4000-8000-00000000000${generation}`,
      primary,
      by: ["ada", "abel"] as const,
      evidence: "west is switched off",
      newestTermInData: 4,
      validityMs: Q,
      at: "2026-01-01T00:00:00Z",
    };
    const txn = forceQuorum(pair.store.view(), order);
    expect(pair.store.apply(txn)).toBe(true);
  };

  it("stops the primary of the old one, whose renewals all fail", () => {
    const pair = RegionPair.serving();
    reborn(pair, "west");
    pair.run(1_000);
    expect(pair.state("east").phase).toMatchObject({ kind: "fenced", why: "store-changed" });
    expect(pair.ask("east").permit).toBeNull();
  });

  it("lets the site that it names go on, after the longest permit of the old one is over", () => {
    const pair = RegionPair.serving();
    reborn(pair, "east");
    const since = pair.now;
    pair.run(500);
    pair.command("east", { kind: "start-primary" });
    pair.run(Q + guard - 500);
    expect(pair.effects("east", "start-postgres", since)).toEqual([]);
    pair.run(1_500);
    expect(pair.ask("east")).toMatchObject({ permit: { term: 5 }, reason: "serving" });
  });

  it("is not believed when it is an older one", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    const older = { ...view, store: { record: { id: "older", generation: 0 }, revision: 99 } };
    const read = pair.state("west").openRead?.read ?? pair.state("west").nextNumber;
    pair.event("west", { kind: "refresh" });
    pair.event("west", {
      kind: "quorum-read",
      read: pair.state("west").openRead?.read ?? read,
      view: older,
    });
    expect(pair.state("west").view?.store.record?.id).toBe(view.store.record?.id);
    expect(pair.effects("west", "alarm").at(-1)).toMatchObject({ alarm: "older-store" });
  });
});

describe("a database that dies", () => {
  it("keeps the term: no permit until it is writable again, and geo is announced anew", () => {
    const pair = RegionPair.serving();
    pair.command("east", { kind: "announce-geo", generation: pair.store.view().sync.revision });
    pair.event("east", { kind: "postgres-exited" });
    expect(pair.ask("east")).toMatchObject({
      permit: null,
      reason: "starting",
      durability: { geo: false },
    });
    pair.command("east", { kind: "start-primary" });
    pair.run(500);
    expect(pair.ask("east")).toMatchObject({ permit: { term: 1 }, durability: { geo: false } });
  });

  it("gives the term up without a final position, so only a safe standby may follow", () => {
    const pair = RegionPair.serving();
    pair.event("east", { kind: "postgres-exited" });
    pair.command("east", { kind: "release" });
    pair.run(500);
    expect(pair.store.view().lease.record).toMatchObject({ kind: "released", finalLsn: null });
  });

  it("as a standby, after its take-over has won, is started from its directory at the gate", () => {
    const pair = RegionPair.serving();
    pair.command("west", { kind: "take-over", order: anOrder({ force: true, cause: "forced" }) });
    pair.run(100);
    pair.event("west", { kind: "postgres-exited" });
    pair.run(4_000);
    expect(pair.effects("west", "start-postgres").at(-1)).toEqual({
      kind: "start-postgres",
      as: "primary",
    });
    expect(pair.ask("west")).toMatchObject({ permit: { term: 2 } });
  });

  it("that could not be promoted is stopped, and the controller decides", () => {
    const pair = RegionPair.serving();
    pair.stopped.add("east");
    pair.run(2_000);
    pair.command("west", { kind: "take-over", order: anOrder() });
    pair.run(75);
    expect(pair.state("west").phase).toMatchObject({ kind: "waiting-gate", step: "promoting" });
    pair.event("west", { kind: "promotion-failed" });
    expect(pair.state("west")).toMatchObject({ phase: { kind: "serving" }, postgres: "stopping" });
    expect(pair.ask("west").permit).toBeNull();
  });
});

describe("late and repeated requests", () => {
  const renewals = (pair: RegionPair, sinceMs: number) =>
    pair.log.filter(
      (each) =>
        each.atMs >= sinceMs && each.effect.kind === "send-txn" && each.effect.purpose === "renew",
    );

  it("a renewal without an answer is repeated R after it was sent, a refused one at once", () => {
    const pair = RegionPair.serving();
    pair.cut.add("east");
    pair.run(260);
    const open = pair.state("east").openTxn;
    pair.run((open?.sentAtMs ?? 0) + 399 - pair.now);
    const since = pair.now;
    pair.event("east", { kind: "txn-unknown", attempt: open?.attempt ?? 0 });
    expect(renewals(pair, since).at(-1)?.atMs).toBe(pair.now);
    const again = pair.state("east").openTxn;
    renewFor(pair);
    const view = pair.store.view();
    pair.event("east", {
      kind: "txn-answered",
      attempt: again?.attempt ?? 0,
      succeeded: false,
      view,
    });
    expect(pair.state("east").openTxn?.attempt).toBeGreaterThan(again?.attempt ?? 0);
  });

  it("an answer of an attempt that is not awaited any more changes nothing", () => {
    const pair = RegionPair.serving();
    const before = pair.state("east");
    const view: QuorumView = pair.store.view();
    pair.event("east", { kind: "txn-answered", attempt: 1, succeeded: true, view });
    expect(pair.state("east").leaseUntilMs).toBe(before.leaseUntilMs);
  });

  it("a renewal sent before a forced take-over fails after it", () => {
    const pair = RegionPair.serving();
    const view = pair.store.view();
    const lease = view.lease.record;
    const term = view.term.record;
    const sync = view.sync.record;
    if (!lease || !term || !sync) throw new Error("the store is empty");
    const late = writeLease(view, { ...lease, counter: lease.counter + 1 });
    const next = { term: { ...term, term: 2 }, lease, sync, history: {} as never };
    expect(pair.store.apply(forceTakeOver(view, { ...next, history: { term: 1 } as never }))).toBe(
      true,
    );
    expect(pair.store.apply(late)).toBe(false);
  });
});

function renewFor(pair: RegionPair): void {
  const view = pair.store.view();
  const lease = view.lease.record;
  if (lease === null) throw new Error("the store is empty");
  pair.store.apply(writeLease(view, { ...lease, counter: lease.counter + 1 }));
}
