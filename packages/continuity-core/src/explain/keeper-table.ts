import {
  type Keeper,
  type KeeperEvent,
  type KeeperState,
  keeper,
  type Phase,
  type TakeOverOrder,
} from "../keeper/index.ts";
import { defaultParameters } from "../parameters.ts";
import type { QuorumView } from "../store/index.ts";
import { aView, someTime } from "./scene.ts";

type PhaseName = Phase["kind"];

/** What each phase of a keeper means, as operators read it. */
export const phaseSentences: Readonly<Record<PhaseName, string>> = {
  idle: "Just started: PostgreSQL is down and stays down until the controller orders a start.",
  standby: "Follows the other region and promises not to take over while asked.",
  deciding: "Latched: a take-over is decided, promises are refused until it has won or cannot win.",
  "waiting-gate":
    "The term is won; nothing is promoted until all that the old primary may hold is over.",
  "recording-term":
    "PostgreSQL is writable; the term's first commit comes before the first permit.",
  resuming: "Renews a lease that names this site, then starts PostgreSQL.",
  serving: "Gives permits while lease or promise lives.",
  draining: "Portals take no new write; those in flight may still be acknowledged.",
  releasing: "Gives no permit; every portal confirms, PostgreSQL stops, one txn releases the term.",
  released: "The term is given up: the other side need not wait.",
  "taking-back": "A released lease is being held again, by txn.",
  fenced: "The deadline passed or another region began a term: PostgreSQL is stopped.",
  halted: "Another keeper acts for this site: promises nothing, takes nothing, until restarted.",
};

const now = 100_000;

const order: TakeOverOrder = {
  claim: "claim-9",
  run: "run-9",
  cause: "failover",
  evidence: [],
  force: false,
  withinRpo: true,
  mustReach: null,
  acceptGeoLoss: false,
  at: someTime,
};

const east: QuorumView = aView({ lease: { bootId: "keeper-west" }, term: { primary: "east" } });
const foreign = aView({ term: { primary: "east", term: 4 }, lease: { site: "east", term: 4 } });
const own = aView({ term: { primary: "west" }, lease: { site: "west", bootId: "keeper-west" } });

const at = (view: QuorumView, bump: number): QuorumView => ({
  ...view,
  term: { ...view.term, revision: view.term.revision + bump },
  lease: { ...view.lease, revision: view.lease.revision + bump },
});

/** Phases with the facts that go with them: term ours or theirs, PostgreSQL up or down. */
function stateIn(phase: Phase, changes: Partial<KeeperState>): KeeperState {
  const identity = {
    site: "west",
    bootId: "keeper-west",
    parameters: defaultParameters,
    startedAt: someTime,
  } as const;
  const { state } = keeper.start(identity, 0);
  return {
    ...state,
    phase,
    view: east,
    siteClaimed: true,
    steppedAtMs: now,
    nextRoundAtMs: now + 200,
    controllerSeenAtMs: now,
    openRead: { read: 7, sentAtMs: now - 50 },
    leaseSeenAtMs: now - 100,
    termSeenAtMs: now - 50_000,
    lastPromiseMs: now - 100,
    postgres: "down",
    ...changes,
  };
}

const holding = {
  view: own,
  postgres: "primary",
  renewedTerm: 3,
  leaseUntilMs: now + 1_000,
  lastPromiseMs: now - 60_000,
} as const;

const deciding = { kind: "deciding", order, view: east, position: null, sent: true } as const;

const states = (): readonly { readonly name: string; readonly state: KeeperState }[] => [
  { name: "idle", state: stateIn({ kind: "idle" }, {}) },
  { name: "idle, term ours", state: stateIn({ kind: "idle" }, { view: own, lastPromiseMs: 0 }) },
  {
    name: "idle, term ours and released",
    state: stateIn({ kind: "idle" }, { view: withRelease(own) }),
  },
  {
    name: "standby",
    state: stateIn({ kind: "standby" }, { postgres: "standby" }),
  },
  {
    name: "standby, primary lapsed",
    state: stateIn(
      { kind: "standby" },
      { postgres: "standby", leaseSeenAtMs: 0, lastPromiseMs: 0 },
    ),
  },
  {
    name: "deciding, nothing sent",
    state: stateIn({ ...deciding, sent: false }, { postgres: "standby" }),
  },
  {
    name: "deciding, txn sent",
    state: stateIn(deciding, {
      postgres: "standby",
      openTxn: { attempt: 5, purpose: "take-over", sentAtMs: now - 50 },
    }),
  },
  {
    name: "waiting-gate",
    state: stateIn(
      { kind: "waiting-gate", order, step: "waiting" },
      { ...holding, postgres: "standby", lastPromiseMs: now - 100 },
    ),
  },
  {
    name: "waiting-gate, promoting",
    state: stateIn(
      { kind: "waiting-gate", order, step: "promoting" },
      { ...holding, postgres: "starting-primary" },
    ),
  },
  { name: "recording-term", state: stateIn({ kind: "recording-term" }, holding) },
  {
    name: "resuming",
    state: stateIn({ kind: "resuming" }, { ...holding, postgres: "starting-primary" }),
  },
  { name: "serving", state: stateIn({ kind: "serving" }, holding) },
  {
    name: "serving, PostgreSQL down",
    state: stateIn({ kind: "serving" }, { ...holding, postgres: "down" }),
  },
  { name: "draining", state: stateIn({ kind: "draining" }, holding) },
  {
    name: "releasing, finishing",
    state: stateIn(
      { kind: "releasing", step: "finishing", untilMs: now + 50, change: 5, finalLsn: null },
      holding,
    ),
  },
  {
    name: "releasing, stopping",
    state: stateIn(
      { kind: "releasing", step: "stopping", untilMs: 0, change: 5, finalLsn: null },
      { ...holding, postgres: "stopping" },
    ),
  },
  {
    name: "releasing, writing",
    state: stateIn(
      { kind: "releasing", step: "writing", untilMs: 0, change: 5, finalLsn: "0/9000" },
      {
        ...holding,
        postgres: "down",
        openTxn: { attempt: 5, purpose: "release", sentAtMs: now - 50 },
      },
    ),
  },
  {
    name: "released",
    state: stateIn({ kind: "released" }, { view: withRelease(own) }),
  },
  {
    name: "taking-back",
    state: stateIn(
      { kind: "taking-back" },
      {
        view: withRelease(own),
        openTxn: { attempt: 5, purpose: "take-back", sentAtMs: now - 50 },
      },
    ),
  },
  {
    name: "fenced, deadline",
    state: stateIn(
      { kind: "fenced", why: "deadline" },
      {
        view: own,
        lastPromiseMs: 0,
        openTxn: { attempt: 5, purpose: "renew", sentAtMs: now - 50 },
      },
    ),
  },
  {
    name: "fenced, higher term",
    state: stateIn({ kind: "fenced", why: "higher-term" }, { view: foreign }),
  },
  { name: "halted", state: stateIn({ kind: "halted" }, {}) },
];

function withRelease(view: QuorumView): QuorumView {
  const lease = view.lease.record;
  if (lease === null) return view;
  return { ...view, lease: { ...view.lease, record: { ...lease, kind: "released" } } };
}

/** What a read shows a keeper in `state`: the same, a renewal, another's term, its own decision won. */
function eventsFor(state: KeeperState): readonly (readonly [string, KeeperEvent])[] {
  const view = state.view ?? east;
  const read = (seen: QuorumView): KeeperEvent => ({ kind: "quorum-read", read: 7, view: seen });
  const claimed = aView({
    term: { primary: "west", term: 4, claim: order.claim },
    lease: { site: "west", term: 4, bootId: "keeper-west" },
  });
  const usurped: QuorumView = {
    ...at(view, 1),
    keepers: {
      ...view.keepers,
      west: { record: { bootId: "x", claimedAt: someTime }, revision: 99 },
    },
  };
  const commands = [
    "start-standby",
    "stop-standby",
    "start-primary",
    "drain",
    "release",
    "take-back",
    "revoke-geo",
  ] as const;
  return [
    ["both sources run out", { kind: "tick" }],
    ["the quorum shows a renewal of the other region", read(bumpLease(view))],
    ["the quorum shows another region's new term", read(at(foreign, 20))],
    ["the quorum shows that this decision has won", read(at(claimed, 20))],
    ["the quorum shows another keeper for this site", read(usurped)],
    [
      "its txn succeeded",
      { kind: "txn-answered", attempt: 5, succeeded: true, view: wonView(state) },
    ],
    ["its txn is not answered", { kind: "txn-unknown", attempt: 5 }],
    ...commands.map((kind): [string, KeeperEvent] => [
      `command ${kind}`,
      { kind: "command", id: 1, command: { kind } },
    ]),
    ["command take-over", { kind: "command", id: 1, command: { kind: "take-over", order } }],
    [
      "the standby's position is known and good",
      {
        kind: "standby-position",
        receiverStopped: true,
        position: { dataId: "data-west", timeline: 3, flushedLsn: "0/9000" },
      },
    ],
    ["the position cannot be told", { kind: "standby-position-failed" }],
    ["PostgreSQL is promoted or started as primary", { kind: "postgres-started", as: "primary" }],
    ["the promotion failed", { kind: "promotion-failed" }],
    ["the term is in the data", { kind: "term-recorded", term: 3 }],
    ["PostgreSQL stopped as asked", { kind: "postgres-stopped", finalLsn: "0/9000" }],
    ["PostgreSQL died", { kind: "postgres-exited" }],
    ["wall and monotonic clock disagree", { kind: "clocks-disagree", byMs: 500 }],
  ];
}

function bumpLease(view: QuorumView): QuorumView {
  return { ...view, lease: { ...view.lease, revision: view.lease.revision + 1 } };
}

function wonView(state: KeeperState): QuorumView {
  const view = state.view ?? east;
  if (state.phase.kind === "deciding")
    return at(
      aView({
        term: { primary: "west", term: 4, claim: order.claim },
        lease: { site: "west", term: 4, bootId: "keeper-west" },
      }),
      20,
    );
  if (state.phase.kind === "releasing") return bumpLease(withRelease(view));
  return bumpLease(own);
}

/** Effects that every phase has all the time say nothing here. */
const quiet = new Set(["announce-change", "read-quorum", "ask-promise", "primary-lapsed"]);

export interface Transition {
  readonly from: string;
  readonly fromPhase: PhaseName;
  readonly event: string;
  readonly toPhase: PhaseName;
  readonly effects: readonly string[];
}

/** Every transition of every listed state, taken by the machine itself. */
export function keeperTransitions(machine: Keeper = keeper): readonly Transition[] {
  return states().flatMap(({ name, state }) =>
    eventsFor(state).map(([event, input]) => {
      const isRunningOut = event === "both sources run out";
      const before = isRunningOut ? expired(state) : state;
      const { state: after, effects } = machine.step(before, input, now);
      return {
        from: name,
        fromPhase: state.phase.kind,
        event,
        toPhase: after.phase.kind,
        effects: effects.filter((each) => !quiet.has(each.kind)).map(describeEffect),
      };
    }),
  );
}

function expired(state: KeeperState): KeeperState {
  return { ...state, leaseUntilMs: now - 1, promiseUntilMs: now - 1 };
}

function describeEffect(effect: ReturnType<Keeper["step"]>["effects"][number]): string {
  switch (effect.kind) {
    case "stop-postgres":
      return `stop PostgreSQL (${effect.mode})`;
    case "start-postgres":
      return `start PostgreSQL as ${effect.as}`;
    case "send-txn":
      return `send ${effect.purpose}`;
    case "answer-command":
      return effect.outcome.kind === "done" ? "answer: done" : `refuse: ${effect.outcome.why}`;
    case "alarm":
      return `alarm ${effect.alarm}`;
    case "read-quorum":
    case "ask-promise":
    case "answer-promise":
    case "answer-permit":
    case "announce-change":
    case "stop-wal-receiver":
    case "report-position":
    case "start-wal-receiver":
    case "promote-postgres":
    case "record-term":
    case "block-redis":
    case "unblock-redis":
    case "primary-lapsed":
      return effect.kind.replaceAll("-", " ");
  }
}

/** Only what changes something; everything else leaves the phase and asks for nothing. */
export function renderKeeperTable(): string {
  const lines = ["| state | event | then | effects |", "| --- | --- | --- | --- |"];
  for (const each of keeperTransitions()) {
    const stays = each.toPhase === each.fromPhase;
    if (stays && each.effects.length === 0) continue;
    const then = stays ? "stays" : `**${each.toPhase}**`;
    lines.push(`| ${each.from} | ${each.event} | ${then} | ${each.effects.join("; ")} |`);
  }
  return `${lines.join("\n")}\n`;
}
