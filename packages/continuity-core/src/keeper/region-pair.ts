import { defaultParameters, type Parameters } from "../parameters.ts";
import {
  type DataSite,
  type FirstRecords,
  firstRecords,
  initialise,
  keys,
  otherSite,
  type QuorumView,
  type Txn,
  type Versioned,
} from "../store/index.ts";
import type { KeeperEffect, PermitAnswer } from "./effects.ts";
import type { KeeperCommand, KeeperEvent, TakeOverOrder } from "./events.ts";
import { type KeeperRules, keeperRules } from "./rules.ts";
import type { KeeperState } from "./state.ts";
import { nextWakeMs } from "./status.ts";
import { type Keeper, keeperWith } from "./step.ts";
import type { Turn } from "./turn.ts";

/** For tests: two keepers, a quorum store in memory and databases that obey, on one simulated clock. */

const storeId = "00000000-0000-4000-8000-000000000001";
const at = "2026-01-01T00:00:00Z";

/** One turn by the rules as designed, that collects its effects. */
export function aTurn(now: number): Turn & { readonly effects: KeeperEffect[] } {
  return { now, rules: keeperRules, effects: [] };
}

export function anOrder(changes: Partial<TakeOverOrder> = {}): TakeOverOrder {
  return {
    claim: "claim-1",
    run: "run-1",
    cause: "failover",
    evidence: [],
    force: false,
    withinRpo: true,
    mustReach: null,
    acceptGeoLoss: false,
    at,
    ...changes,
  };
}

/** An etcd that answers at once, or not at all, or only later. */
export class MemoryStore {
  revision = 0;
  isAnswering = true;
  readonly records = new Map<string, Versioned<unknown>>();

  apply(txn: Txn): boolean {
    const holds = txn.compare.every((each) => {
      const seen = this.records.get(each.key);
      return each.target === "revision"
        ? (seen?.revision ?? 0) === each.equals
        : (seen?.record as { id: string } | undefined)?.id === each.equals;
    });
    if (!holds) return false;
    this.revision += 1;
    for (const put of txn.puts)
      this.records.set(put.key, { record: put.record, revision: this.revision });
    return true;
  }

  view(): QuorumView {
    const get = (key: string): Versioned<never> =>
      (this.records.get(key) as Versioned<never> | undefined) ?? { record: null, revision: 0 };
    return {
      store: get(keys.store),
      term: get(keys.term),
      lease: get(keys.lease),
      sync: get(keys.sync),
      keepers: { east: get(keys.keeper("east")), west: get(keys.keeper("west")) },
    };
  }
}

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class RegionPair {
  now = 10_000;
  readonly store = new MemoryStore();
  readonly parameters: Parameters;
  readonly states = new Map<DataSite, KeeperState>();
  readonly log: { site: DataSite; atMs: number; effect: KeeperEffect }[] = [];
  /** Sites whose promises do not arrive, and sites that are stopped. */
  readonly cut = new Set<DataSite>();
  readonly stopped = new Set<DataSite>();
  position = { dataId: "data-west", timeline: 1, flushedLsn: "0/5000" };
  finalLsn: string | null = "0/6000";
  #order = 0;
  #boots = 0;
  #pending: Pending[] = [];
  readonly #keeper: Keeper;

  constructor(rules: KeeperRules = keeperRules, parameters: Parameters = defaultParameters) {
    this.#keeper = keeperWith(rules);
    this.parameters = parameters;
    this.store.apply(initialise(followedFromTheFirst()));
  }

  /** East serves, west follows. */
  static serving(rules?: KeeperRules): RegionPair {
    const pair = new RegionPair(rules);
    pair.boot("east");
    pair.boot("west");
    pair.run(300);
    pair.command("east", { kind: "start-primary" });
    pair.command("west", { kind: "start-standby" });
    pair.run(3_000);
    return pair;
  }

  boot(site: DataSite): void {
    this.#boots += 1;
    const bootId = `boot-${site}-${this.#boots}`;
    const identity = { site, bootId, parameters: this.parameters, startedAt: at };
    const { state, effects } = this.#keeper.start(identity, this.now);
    this.stopped.delete(site);
    this.states.set(site, state);
    this.#perform(site, bootId, effects);
    this.#wake(site, bootId);
  }

  state(site: DataSite): KeeperState {
    const state = this.states.get(site);
    if (state === undefined) throw new Error(`${site} has not booted`);
    return state;
  }

  command(site: DataSite, command: KeeperCommand, id = 1): void {
    this.event(site, { kind: "command", id, command });
  }

  event(site: DataSite, event: KeeperEvent): void {
    if (this.stopped.has(site)) return;
    const before = this.state(site);
    const { state, effects } = this.#keeper.step(before, event, this.now);
    this.states.set(site, state);
    this.#perform(site, state.bootId, effects);
  }

  /** What a portal of the site is told now. */
  ask(site: DataSite, portal = "portal-1", seenChange = 0): PermitAnswer {
    const from = this.log.length;
    const question = { portal, question: from, seenChange };
    this.event(site, { kind: "permit-asked", question });
    const answered = this.log.slice(from).find((each) => each.effect.kind === "answer-permit");
    if (answered?.effect.kind !== "answer-permit") throw new Error("no answer");
    return answered.effect.answer;
  }

  run(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      this.#pending.sort((one, other) => one.at - other.at || one.order - other.order);
      const next = this.#pending[0];
      if (next === undefined || next.at > until) break;
      this.#pending.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }

  effects(site: DataSite, kind: KeeperEffect["kind"], sinceMs = 0): KeeperEffect[] {
    return this.log
      .filter((each) => each.site === site && each.atMs >= sinceMs && each.effect.kind === kind)
      .map((each) => each.effect);
  }

  after(ms: number, run: () => void): void {
    this.#order += 1;
    this.#pending.push({ at: this.now + ms, order: this.#order, run });
  }

  #wake(site: DataSite, bootId: string): void {
    const state = this.state(site);
    const delay = Math.max(1, nextWakeMs(state) - this.now);
    this.after(Math.min(delay, 20), () => {
      if (this.states.get(site)?.bootId !== bootId) return;
      if (!this.stopped.has(site)) {
        this.event(site, { kind: "controller-seen" });
        this.event(site, { kind: "tick" });
      }
      this.#wake(site, bootId);
    });
  }

  #perform(site: DataSite, bootId: string, effects: readonly KeeperEffect[]): void {
    const tell = (ms: number, event: KeeperEvent): void =>
      this.after(ms, () => {
        if (this.states.get(site)?.bootId === bootId) this.event(site, event);
      });
    for (const effect of effects) {
      this.log.push({ site, atMs: this.now, effect });
      this.#follow(site, effect, tell);
    }
  }

  #follow(
    site: DataSite,
    effect: KeeperEffect,
    tell: (ms: number, event: KeeperEvent) => void,
  ): void {
    switch (effect.kind) {
      case "read-quorum":
        if (this.store.isAnswering && !this.cut.has(site))
          tell(20, { kind: "quorum-read", read: effect.read, view: this.store.view() });
        return;
      case "send-txn":
        if (this.store.isAnswering && !this.cut.has(site)) this.#answerTxn(effect, tell);
        return;
      case "ask-promise":
        this.#carryPromise(site, effect.question, tell);
        return;
      case "stop-postgres":
        tell(10, {
          kind: "postgres-stopped",
          finalLsn: effect.mode === "fast" ? this.finalLsn : null,
        });
        return;
      case "start-postgres":
        tell(100, { kind: "postgres-started", as: effect.as });
        return;
      case "promote-postgres":
        tell(150, { kind: "promoted", timeline: 2, startLsn: this.position.flushedLsn });
        return;
      case "record-term":
        tell(10, { kind: "term-recorded", term: effect.term });
        return;
      case "stop-wal-receiver":
      case "report-position":
        tell(10, {
          kind: "standby-position",
          receiverStopped: effect.kind === "stop-wal-receiver",
          position: this.position,
        });
        return;
      case "alarm":
      case "announce-change":
      case "answer-command":
      case "answer-permit":
      case "answer-promise":
      case "block-redis":
      case "unblock-redis":
      case "primary-lapsed":
      case "start-wal-receiver":
        return;
    }
  }

  #answerTxn(
    effect: Extract<KeeperEffect, { kind: "send-txn" }>,
    tell: (ms: number, event: KeeperEvent) => void,
  ): void {
    this.after(20, () => {
      const succeeded = this.store.apply(effect.txn);
      const view = this.store.view();
      tell(20, { kind: "txn-answered", attempt: effect.attempt, succeeded, view });
    });
  }

  #carryPromise(
    site: DataSite,
    question: Extract<KeeperEffect, { kind: "ask-promise" }>["question"],
    tell: (ms: number, event: KeeperEvent) => void,
  ): void {
    const other = otherSite(site);
    this.after(30, () => {
      if (this.cut.has(site) || this.cut.has(other) || this.stopped.has(other)) return;
      if (!this.states.has(other)) return;
      const from = this.log.length;
      this.event(other, { kind: "promise-asked", question });
      const answered = this.log.slice(from).find((each) => each.effect.kind === "answer-promise");
      if (answered?.effect.kind !== "answer-promise") return;
      tell(30, { kind: "promise-answered", answer: answered.effect.answer });
    });
  }
}

/** East's first term, in which west has followed already. */
function followedFromTheFirst(): FirstRecords {
  const store = { id: storeId, generation: 1 };
  const first = firstRecords({ store, primary: "east", claim: "initial", validityMs: 1_250, at });
  const standby = { standbyDataId: "data-west", timeline: 1, geoFloor: "0/4000" };
  const sync = { mode: "sync", safeToPromote: true, unprotectedSince: null } as const;
  return { ...first, sync: { ...first.sync, ...standby, ...sync } };
}
