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
  standby: { kind: "standby", wanted: "running" },
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
    expect(given(state("west", { phase: phases.deciding as Phase }), other).said).toBe("refused");
  });
});
