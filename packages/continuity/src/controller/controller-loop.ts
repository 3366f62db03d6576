import {
  type Decision,
  decide,
  type LocalRedis,
  type Observation,
  type Policy,
  type Site,
  sentenceOf,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger, type Random } from "@careline/platform";
import type { Actor } from "./actor.ts";
import type { Bootstrap } from "./bootstrap.ts";
import type { KeeperReport } from "./keeper-client.ts";
import { LossTrail, type Missing } from "./loss-trail.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import type { Region } from "./region.ts";
import type { SiteBeat } from "./site-beat.ts";
import type { Surroundings } from "./surroundings.ts";

/** The loop's tick without anything to hurry; notices and watched changes wake it earlier. */
const TICK_MS = 250;
/** A look this young may be decided on in a hurry; what may not have changed since is compared by the txn itself. */
const FRESH_MS = 1_000;
const BEAT_EACH_MS = 500;
/** A keeper younger than this takes nothing over by itself: on a busy machine a region needs about 5 s to start. */
const START_GRACE_MS = 10_000;
/** Decisions that follow at once upon a change are not slowed down, but never spin. */
const SOONEST_MS = 10;

export interface ControllerLoopDeps {
  readonly site: Site;
  readonly bootId: string;
  readonly policy: Policy;
  readonly quorum: QuorumObserver;
  /** Absent at the witness. */
  readonly region: Region | null;
  readonly actor: Actor;
  readonly bootstrap: Bootstrap | null;
  readonly beat: SiteBeat;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Nothing is acted upon while people bring the store to a new life. */
  readonly isHeld: () => boolean;
  readonly onDecision: (decision: Decision, observation: Observation) => void;
}

/** What the loop knew last, for status and metrics. */
export interface Snapshot {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly keeper: KeeperReport | null;
  readonly atMs: number;
}

/** observe → decide → act → wait. Everything that takes long happens beside it. */
export class ControllerLoop {
  readonly #deps: ControllerLoopDeps;
  readonly #lossTrail = new LossTrail();
  #snapshot: Snapshot | null = null;
  #wake: (() => void) | null = null;
  #isWoken = false;
  #isHurried = false;
  #lapsedSinceMs: number | null = null;
  #beatAtMs = Number.NEGATIVE_INFINITY;
  #lastSentence = "";

  constructor(deps: ControllerLoopDeps) {
    this.#deps = deps;
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** What a take-over by the standby would lose now, as the primary's heartbeats and the standby's position bound it. */
  missing(): Missing & { readonly openCalls: number | null } {
    const o = this.#snapshot?.observation;
    const primary = o?.quorum.view?.term.record?.primary;
    const unknown = { ageMs: null, rows: null, openCalls: null };
    if (o === undefined || primary === undefined) return unknown;
    const standby = primary === "east" ? "west" : "east";
    const reported = o.quorum.sites[standby]?.record.postgres ?? null;
    const reached = o.self === standby ? (o.postgres?.endLsn ?? null) : (reported?.lsn ?? null);
    const { openCalls } = this.#lossTrail;
    if (reached === null) return { ...unknown, openCalls };
    const now = this.#deps.clock.monotonicMs();
    return { ...this.#lossTrail.missing(reached, o.lapsedForMs, now), openCalls };
  }

  /** Look again now. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** The primary has lapsed or released: decide on the last look at the store if it is fresh, because another costs the pause 0.12 s. */
  hurry(): void {
    this.#isHurried = true;
    this.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isWoken = false;
      try {
        await this.#turn(signal);
      } catch (thrown) {
        if (signal.aborted) return;
        this.#deps.log.error({ error: describeError(thrown) }, "a turn of the controller failed");
      }
      await this.#pause(signal);
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { quorum, policy, actor, log } = this.#deps;
    // What ends while this turn looks was still going on for what it sees: a directory looked at before a rewind ended is not rewound again.
    const busyBefore = actor.busyWith;
    const keeper = await this.#look(signal);
    const observation = this.#observe(keeper, busyBefore);
    const decision = decide(observation, policy);
    this.#snapshot = { observation, decision, keeper, atMs: this.#deps.clock.monotonicMs() };
    this.#beat(signal);
    const sentence = sentenceOf(decision);
    if (sentence !== this.#lastSentence) {
      log.info({ decision: decision.kind, why: whyOf(decision) }, sentence);
      this.#lastSentence = sentence;
    }
    this.#deps.onDecision(decision, observation);
    const isEmpty = decision.kind === "hold" && decision.why === "store-empty";
    if (this.#deps.isHeld()) return;
    if (isEmpty && quorum.seen().isAnswering)
      await this.#deps.bootstrap?.begin(observation, signal);
    else if (isTooEarly(decision, keeper)) log.info("the primary may be starting as well: waiting");
    else if (await actor.act(decision, observation, signal)) this.wake();
  }

  /** Everything this site can see, all at the same time. */
  async #look(signal: AbortSignal): Promise<KeeperReport | null> {
    const { quorum, region } = this.#deps;
    const isFresh = quorum.seen().isAnswering && quorum.seen().ageMs < FRESH_MS;
    const mayReuse = this.#isHurried && isFresh;
    this.#isHurried = false;
    const [keeper] = await Promise.all([
      region === null ? null : region.lookKeeper(signal),
      mayReuse ? null : quorum.look(signal),
    ]);
    const other = this.#deps.site === "east" ? "west" : "east";
    const otherDataId = quorum.seen().sites[other]?.record.postgres?.dataId ?? null;
    if (region !== null) await region.look(keeper, otherDataId, signal);
    return keeper;
  }

  #observe(keeper: KeeperReport | null, busyBefore: string | null): Observation {
    const { clock, quorum, region, surroundings, actor, random } = this.#deps;
    const now = clock.monotonicMs();
    const seen = quorum.seen();
    const hasLapsed = keeper?.lapsesInMs === 0;
    if (!hasLapsed) this.#lapsedSinceMs = null;
    else this.#lapsedSinceMs ??= now;
    const primary = seen.view?.term.record?.primary ?? null;
    return {
      self: this.#deps.site,
      controllerBootId: this.#deps.bootId,
      quorum: seen,
      keeper,
      postgres: region?.postgres ?? null,
      redis: region?.redis ?? null,
      lapsedForMs: this.#lapsedSinceMs === null ? null : now - this.#lapsedSinceMs,
      sightings: this.#sightings(seen.sites),
      estimatedLossMs: this.#estimatedLossMs(primary, seen.sites, region?.postgres?.endLsn ?? null),
      geoRevokedAtRevision: actor.geoRevokedAtRevision,
      canReachPrimary: surroundings.canReachDatabase(),
      busyWith: busyBefore ?? actor.busyWith,
      fresh: { id: random.uuid(), at: clock.wallNow().toISOString() },
    };
  }

  /** The age of a sight is that of the record plus what the record says. */
  #sightings(sites: Observation["quorum"]["sites"]): Observation["sightings"] {
    return (["east", "west", "witness"] as const).flatMap((by) => {
      const seen = sites[by];
      const sightAgeMs = seen?.record.primarySeenAgeMs ?? null;
      if (seen === undefined || by === this.#deps.site || sightAgeMs === null) return [];
      return [{ by, ageMs: seen.ageMs + sightAgeMs }];
    });
  }

  /** From the primary's reports of where its log stood, and what is flushed here. */
  #estimatedLossMs(
    primary: string | null,
    sites: Observation["quorum"]["sites"],
    ownLsn: string | null,
  ): number | null {
    const now = this.#deps.clock.monotonicMs();
    const seen = primary === "east" ? sites.east : primary === "west" ? sites.west : undefined;
    this.#lossTrail.take(primary, seen, now);
    if (primary === null || primary === this.#deps.site || ownLsn === null) return null;
    return this.#lossTrail.ageMs(ownLsn, now);
  }

  /** Heartbeats go out beside the loop, at their own pace. */
  #beat(signal: AbortSignal): void {
    const { clock, beat, region, surroundings, quorum, actor, log } = this.#deps;
    const now = clock.monotonicMs();
    if (now - this.#beatAtMs < BEAT_EACH_MS || this.#snapshot === null) return;
    this.#beatAtMs = now;
    const primary = quorum.view?.term.record?.primary ?? null;
    const facts = {
      keeper: this.#snapshot.keeper,
      postgres: region?.postgres ?? null,
      replayDelayMs: region?.replayDelayMs ?? null,
      redis: (region?.redis ?? null) as LocalRedis | null,
      sees: surroundings.sees(),
      primarySeenAgeMs: primary === null ? null : surroundings.servingAgeMs(primary),
      busyWith: actor.busyWith,
      written: region?.meter.written ?? null,
      openCalls: region?.meter.openCalls ?? null,
    };
    const isPrimary = this.#snapshot.keeper?.phase === "serving";
    void region?.meter.look(isPrimary, signal).catch(() => undefined);
    beat.beat(facts, signal).catch((thrown: unknown) => {
      if (!signal.aborted) log.debug({ error: describeError(thrown) }, "no heartbeat");
    });
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    await clock.sleep(SOONEST_MS, signal).catch(() => undefined);
    if (this.#isWoken || signal.aborted) return;
    const early = new AbortController();
    this.#wake = () => early.abort();
    await clock.sleep(TICK_MS, AbortSignal.any([signal, early.signal])).catch(() => undefined);
    this.#wake = null;
  }
}

/**
 * After everything was restarted the standby may be up first; the primary of the term gets a moment to
 * return before it is replaced, so that regions come back as they were.
 */
function isTooEarly(decision: Decision, keeper: KeeperReport | null): boolean {
  return decision.kind === "take-over" && (keeper?.upForMs ?? 0) < START_GRACE_MS;
}

function whyOf(decision: Decision): string | undefined {
  return decision.kind === "hold" ? decision.why : undefined;
}
