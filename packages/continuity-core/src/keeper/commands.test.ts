import { describe, expect, it } from "vitest";
import { command } from "./commands.ts";
import type { KeeperCommand } from "./events.ts";
import { anOrder, aTurn, RegionPair } from "./region-pair.ts";
import type { KeeperState, Phase } from "./state.ts";

const pair = RegionPair.serving();
const { now } = pair;
const state = (site: "east" | "west", changes: Partial<KeeperState> = {}): KeeperState => ({
  ...pair.state(site),
  owed: null,
  ...changes,
});

function given(from: KeeperState, wanted: KeeperCommand, id = 7) {
  const turn = aTurn(now);
  const after = command(from, turn, id, wanted);
  const answers = turn.effects.flatMap((each) => (each.kind === "answer-command" ? [each] : []));
  const [first] = answers;
  const said = first === undefined ? "owed" : first.outcome.kind;
  return { after, effects: turn.effects, answers, said };
}

const released: Phase = { kind: "released" };
const step = (name: "finishing" | "revoking" | "stopping" | "writing"): Phase => ({
  kind: "releasing",
  step: name,
  untilMs: now,
  change: 3,
  finalLsn: null,
});
const phases: Readonly<Record<string, Phase>> = {
  idle: { kind: "idle" },
  standby: { kind: "standby" },
  deciding: {
    kind: "deciding",
    order: anOrder(),
    view: state("west").view as NonNullable<KeeperState["view"]>,
    position: null,
    sent: false,
  },
  "waiting-gate": { kind: "waiting-gate", order: anOrder(), step: "waiting" },
  "recording-term": { kind: "recording-term" },
  resuming: { kind: "resuming" },
  serving: { kind: "serving" },
  draining: { kind: "draining" },
  finishing: step("finishing"),
  revoking: step("revoking"),
  stopping: step("stopping"),
  writing: step("writing"),
  released,
  "taking-back": { kind: "taking-back" },
  fenced: { kind: "fenced", why: "deadline" },
  "fenced by another term": { kind: "fenced", why: "higher-term" },
  halted: { kind: "halted" },
};

/** In which phases a command is followed, at once or later; in all others it is refused. */
function followed(wanted: KeeperCommand, from: (phase: Phase) => KeeperState): readonly string[] {
  return Object.keys(phases).filter(
    (name) => given(from(phases[name] as Phase), wanted).said !== "refused",
  );
}
const down = { postgres: "down" } as const;

describe("which phase follows which command", () => {
  it("start-standby: who follows or has nothing to hold on to, in another site's term", () => {
    const wanted = { kind: "start-standby" } as const;
    expect(followed(wanted, (phase) => state("west", { ...down, phase }))).toEqual([
      "idle",
      "standby",
      "released",
      "fenced",
      "fenced by another term",
    ]);
    expect(followed(wanted, (phase) => state("east", { ...down, phase }))).toEqual([]);
    expect(given(state("west", { view: null, ...down }), wanted).said).toBe("refused");
  });

  it("stop-standby: a follower", () => {
    expect(followed({ kind: "stop-standby" }, (phase) => state("west", { phase }))).toEqual([
      "idle",
      "standby",
      "fenced",
      "fenced by another term",
    ]);
  });

  it("start-primary: a region whose term it is and that does not hold it yet", () => {
    const wanted = { kind: "start-primary" } as const;
    const own = ["idle", "standby", "resuming", "serving", "fenced", "fenced by another term"];
    expect(followed(wanted, (phase) => state("east", { ...down, phase }))).toEqual(own);
    expect(followed(wanted, (phase) => state("west", { ...down, phase }))).toEqual([]);
    const idle = { ...down, phase: { kind: "idle" } } as const;
    expect(given(state("east", { ...idle, siteClaimed: false }), wanted).said).toBe("refused");
    expect(given(state("east", { ...idle, view: null }), wanted).said).toBe("refused");
    const view = state("east").view as NonNullable<KeeperState["view"]>;
    const { record, revision } = view.lease;
    if (record === null) throw new Error("no lease");
    const lease = { record: { ...record, kind: "released" as const }, revision };
    expect(given(state("east", { ...idle, view: { ...view, lease } }), wanted).said).toBe(
      "refused",
    );
  });

  it("drain: who serves", () => {
    expect(followed({ kind: "drain" }, (phase) => state("east", { phase }))).toEqual([
      "serving",
      "draining",
    ]);
  });

  it("release: who holds the term, and was not fenced by another one", () => {
    expect(followed({ kind: "release" }, (phase) => state("east", { phase }))).toEqual([
      "resuming",
      "serving",
      "draining",
      "finishing",
      "revoking",
      "stopping",
      "writing",
      "released",
      "fenced",
    ]);
  });

  it("take-back: who drains or releases, but not while its database stops", () => {
    expect(followed({ kind: "take-back" }, (phase) => state("east", { phase }))).toEqual([
      "serving",
      "draining",
      "finishing",
      "revoking",
      "writing",
      "released",
      "taking-back",
    ]);
  });

  it("announce-geo: who serves, for the record as it is, with no revocation under way", () => {
    const generation = state("east").view?.sync.revision ?? 0;
    const wanted = { kind: "announce-geo", generation } as const;
    expect(followed(wanted, (phase) => state("east", { phase }))).toEqual(["serving"]);
    const geoRevocation = { command: 3, change: 9 };
    expect(given(state("east", { geoRevocation }), wanted).said).toBe("refused");
    expect(given(state("east"), { ...wanted, generation: generation - 1 }).said).toBe("refused");
  });

  it("a halted keeper follows none", () => {
    for (const kind of ["suspend-writes", "revoke-geo", "accept-unprotected"] as const) {
      const wanted = { kind, suspended: true, accept: true } as KeeperCommand;
      expect(given(state("east", { phase: { kind: "halted" } }), wanted).said).toBe("refused");
    }
  });
});

describe("a database", () => {
  it("is started as a standby only when it is down; one that runs needs no start", () => {
    const start = (postgres: KeeperState["postgres"]) =>
      given(state("west", { postgres }), { kind: "start-standby" });
    expect(start("down").effects).toContainEqual({ kind: "start-postgres", as: "standby" });
    expect(start("standby").answers).toMatchObject([{ outcome: { kind: "done" } }]);
    for (const postgres of [
      "stopping",
      "starting-standby",
      "starting-primary",
      "primary",
    ] as const) {
      expect(start(postgres).said).toBe("refused");
      expect(start(postgres).effects.some(({ kind }) => kind === "start-postgres")).toBe(false);
    }
  });

  it("is stopped once", () => {
    const stop = (postgres: KeeperState["postgres"]) =>
      given(state("west", { postgres }), { kind: "stop-standby" }).effects.filter(
        ({ kind }) => kind === "stop-postgres",
      );
    expect(stop("standby")).toEqual([{ kind: "stop-postgres", mode: "fast" }]);
    expect([stop("stopping"), stop("down")]).toEqual([[], []]);
    expect(given(state("west"), { kind: "stop-standby" }).after.postgres).toBe("stopping");
  });
});

describe("an order is answered under its own number", () => {
  const recorded = state("east").view?.sync.revision ?? 0;
  const followedAtOnce: readonly (readonly [KeeperState, KeeperCommand])[] = [
    [state("west"), { kind: "start-standby" }],
    [state("west", down), { kind: "stop-standby" }],
    [state("east"), { kind: "start-primary" }],
    [state("east"), { kind: "drain" }],
    [state("east", { phase: { kind: "draining" } }), { kind: "drain" }],
    [state("east", { phase: { kind: "draining" } }), { kind: "take-back" }],
    [state("east"), { kind: "take-back" }],
    [state("east"), { kind: "announce-geo", generation: recorded }],
    [state("east"), { kind: "suspend-writes", suspended: true }],
    [state("east"), { kind: "suspend-writes", suspended: false }],
    [state("east"), { kind: "accept-unprotected", accept: false }],
    [state("east"), { kind: "accept-unprotected", accept: true }],
  ];
  it.each(followedAtOnce)("at once where nothing has to be waited for: %#", (from, wanted) => {
    const { after, answers } = given(from, wanted);
    expect(answers).toEqual([{ kind: "answer-command", id: 7, outcome: { kind: "done" } }]);
    expect(after.owed).toBeNull();
  });

  const view = state("east").view as NonNullable<KeeperState["view"]>;
  const won = { ...view.term.record, primary: "west", claim: anOrder().claim };
  const resuming = {
    view: { ...view, term: { record: won, revision: view.term.revision } },
    phase: { kind: "resuming" },
  } as Partial<KeeperState>;
  const lasting: readonly (readonly [KeeperState, KeeperCommand])[] = [
    [state("west", resuming), { kind: "take-over", order: anOrder() }],
    [state("west", down), { kind: "start-standby" }],
    [state("west"), { kind: "stop-standby" }],
    [state("west", { postgres: "stopping" }), { kind: "stop-standby" }],
    [
      state("east", { ...down, phase: { kind: "fenced", why: "deadline" } }),
      { kind: "start-primary" },
    ],
    [state("east", { ...down, phase: { kind: "serving" } }), { kind: "start-primary" }],
    [state("east", { phase: { kind: "resuming" } }), { kind: "start-primary" }],
    [state("west", { phase: phases.deciding as Phase }), { kind: "take-over", order: anOrder() }],
    [state("east"), { kind: "release" }],
    [state("east", { phase: step("writing") }), { kind: "release" }],
    [state("east", { phase: released }), { kind: "take-back" }],
  ];
  it.each(lasting)("when it holds, and is owed until then: %#", (from, wanted) => {
    const { after, answers } = given(from, wanted);
    expect(answers).toEqual([]);
    expect(after.owed).toEqual({ id: 7, kind: wanted.kind });
  });

  it("and asks the store in this very step where the lease is needed first", () => {
    const fenced = { ...down, phase: { kind: "fenced", why: "deadline" } } as const;
    expect(given(state("east", fenced), { kind: "start-primary" }).after.nextRoundAtMs).toBe(now);
    const back = given(state("east", { phase: released }), { kind: "take-back" });
    expect(back.after).toMatchObject({ nextRoundAtMs: now, phase: { kind: "taking-back" } });
  });
});

describe("a region that goes on although it was about to give up", () => {
  it("serves again, and refuses the release that is owed", () => {
    for (const phase of [{ kind: "draining" }, step("finishing"), step("revoking")] as const) {
      const owed = { id: 3, kind: "release" };
      const { after, answers } = given(state("east", { phase, owed }), { kind: "take-back" });
      expect(answers).toMatchObject([
        { id: 3, outcome: { kind: "refused" } },
        { id: 7, outcome: { kind: "done" } },
      ]);
      expect(after).toMatchObject({ phase: { kind: "serving" }, owed: null });
      expect(after.change).toBeGreaterThan(state("east").change);
    }
  });

  it("after a restart takes back only what is its own, claimed and released", () => {
    const view = state("east").view as NonNullable<KeeperState["view"]>;
    const lease = (kind: "held" | "released") =>
      ({
        record: { ...view.lease.record, kind },
        revision: view.lease.revision,
      }) as typeof view.lease;
    const idle = { ...down, phase: { kind: "idle" } } as const;
    const takes = (site: "east" | "west", changes: Partial<KeeperState>): string =>
      given(state(site, { ...idle, ...changes }), { kind: "take-back" }).said;
    const over = { view: { ...view, lease: lease("released") } };
    expect(takes("east", over)).toBe("owed");
    expect(takes("east", { view: { ...view, lease: lease("held") } })).toBe("refused");
    expect(takes("east", { ...over, siteClaimed: false })).toBe("refused");
    expect(takes("west", over)).toBe("refused");
    const following = { ...over, phase: { kind: "standby" } } as const;
    expect([takes("west", following), takes("east", following)]).toEqual(["refused", "refused"]);
  });

  it("calls nothing geo any more from the order to release on: its database will have stopped", () => {
    const geo = { on: true, generation: 7 };
    expect(given(state("east", { geo }), { kind: "release" }).after.geo.on).toBe(false);
  });
});

it("drains once: its repeat tells portals nothing new", () => {
  const { after, effects } = given(state("east", { phase: { kind: "draining" } }), {
    kind: "drain",
  });
  expect(after.phase).toEqual({ kind: "draining" });
  expect(effects).toMatchObject([{ kind: "answer-command" }]);
});

it("announces no geo for a record that is asynchronous, or not safe", () => {
  const view = state("east").view as NonNullable<KeeperState["view"]>;
  const { revision } = view.sync;
  const said = (changes: object): string => {
    const sync = { record: { ...view.sync.record, ...changes }, revision } as typeof view.sync;
    const wanted = { kind: "announce-geo", generation: revision } as const;
    return given(state("east", { view: { ...view, sync } }), wanted).said;
  };
  expect(said({})).toBe("done");
  expect([said({ mode: "async" }), said({ safeToPromote: false })]).toEqual(["refused", "refused"]);
});

describe("a command that is owed an answer", () => {
  it("is refused when a newer one takes its place", () => {
    const owed = { id: 3, kind: "release" };
    const { after, answers } = given(state("east", { owed }), { kind: "release" });
    expect(answers).toEqual([
      { kind: "answer-command", id: 3, outcome: { kind: "refused", why: "superseded" } },
    ]);
    expect(after.owed).toEqual({ id: 7, kind: "release" });
  });

  it("to revoke geo is refused when a newer one takes its place, and waits for the newest change", () => {
    const geoRevocation = { command: 3, change: 9 };
    const off = { geoRevocation, geo: { on: false, generation: 1 }, change: 20 };
    const { after, answers } = given(state("east", off), { kind: "revoke-geo" });
    expect(answers).toMatchObject([{ id: 3, outcome: { kind: "refused", why: "superseded" } }]);
    expect(after.geoRevocation).toEqual({ command: 7, change: 21 });
    expect(after.change).toBe(21);
    const on = given(state("east", { geo: { on: true, generation: 1 }, change: 20 }), {
      kind: "revoke-geo",
    });
    expect(on.after).toMatchObject({
      geo: { on: false },
      geoRevocation: { change: 21 },
      change: 21,
    });
    expect(on.answers).toEqual([]);
  });
});

it("tells the end of the log again to whoever orders a release that is done", () => {
  const view = state("east").view as NonNullable<KeeperState["view"]>;
  const { record, revision } = view.lease;
  if (record === null) throw new Error("no lease");
  const lease = { record: { ...record, kind: "released" as const, finalLsn: "0/9000" }, revision };
  const again = given(state("east", { phase: released, view: { ...view, lease } }), {
    kind: "release",
  });
  expect(again.answers).toMatchObject([{ outcome: { kind: "done", finalLsn: "0/9000" } }]);
});

describe("what portals are told", () => {
  it("changes with suspension and with what the plan accepts, and not with a repeat", () => {
    const told = (changes: Partial<KeeperState>, wanted: KeeperCommand): number =>
      given(state("east", changes), wanted).effects.filter(({ kind }) => kind === "announce-change")
        .length;
    const suspend = { kind: "suspend-writes", suspended: true } as const;
    expect([told({}, suspend), told({ isSuspended: true }, suspend)]).toEqual([1, 0]);
    expect(given(state("east"), suspend).after.isSuspended).toBe(true);
    const accept = { kind: "accept-unprotected", accept: false } as const;
    expect([told({}, accept), told({ acceptUnprotected: false }, accept)]).toEqual([1, 0]);
    expect(given(state("east"), accept).after.acceptUnprotected).toBe(false);
    expect(pair.state("east").acceptUnprotected).toBe(true);
  });
});

it("announces a generation of geo once: its repeat is done already", () => {
  const generation = state("east").view?.sync.revision ?? 0;
  const announces = (on: boolean, known: number): number =>
    given(state("east", { geo: { on, generation: known } }), {
      kind: "announce-geo",
      generation,
    }).effects.filter(({ kind }) => kind === "announce-change").length;
  expect([announces(false, generation), announces(true, generation - 1)]).toEqual([1, 1]);
  expect(announces(true, generation)).toBe(0);
});

describe("an order to take over", () => {
  it("that is under way is owed the same answer, and one that has won is done", () => {
    const order = anOrder();
    const wanted = { kind: "take-over", order } as const;
    const deciding = given(state("west", { phase: phases.deciding as Phase }), wanted);
    expect([deciding.said, deciding.effects]).toEqual(["owed", []]);
    const view = state("east").view as NonNullable<KeeperState["view"]>;
    const { record, revision } = view.term;
    if (record === null) throw new Error("no term");
    const term = { record: { ...record, primary: "west" as const, claim: order.claim }, revision };
    const won = { view: { ...view, term } };
    expect(given(state("west", { ...won, phase: { kind: "serving" } }), wanted).said).toBe("done");
    expect(given(state("west", { ...won, phase: { kind: "resuming" } }), wanted).said).toBe("owed");
    const other = { kind: "take-over", order: anOrder({ claim: "another" }) } as const;
    expect(given(state("west", { ...won, phase: { kind: "serving" } }), other).said).toBe(
      "refused",
    );
    expect(given(state("west", { phase: phases.deciding as Phase }), other).said).toBe("refused");
  });
});
