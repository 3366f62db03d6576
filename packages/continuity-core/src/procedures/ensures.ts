import type { KeeperStatus, TakeOverOrder } from "../keeper/index.ts";
import type { Observation } from "../observe/index.ts";
import type { RunRecord } from "../runs/index.ts";
import { type Action, act, done, fail, type Verdict, wait } from "./action.ts";
import { evaluateReadiness, readinessInputOf } from "./readiness.ts";
import type { ProcedureRules } from "./rules.ts";

/** Everything a check may look at: the run, what this site observes, and the policy-free rules. */
export interface Look {
  readonly run: RunRecord;
  readonly o: Observation;
  readonly attempt: number;
  /** Since the current attempt began. */
  readonly forMs: number;
  readonly rules: ProcedureRules;
}

type Ensure = (look: Look) => Verdict;

function keeperOf(look: Look): KeeperStatus | null {
  return look.o.keeper;
}

const silentKeeper = wait("the keeper does not answer");

function ready(look: Look): Verdict {
  const readiness = evaluateReadiness(readinessInputOf(look.o));
  const blocking = readiness.reasons.filter(
    (reason) => reason.blocks && !look.run.ignored.includes(reason.code),
  );
  if (blocking.length === 0) return done(`readiness ${readiness.score} of 100`);
  return fail(`not ready: ${blocking.map((reason) => reason.code).join(", ")}`);
}

/** Drain, revoke everywhere, stop cleanly, release: one command, because each look between them would lengthen the write pause. */
function handedOver(look: Look): Verdict {
  const { lease, term } = look.o.quorum.view ?? {};
  const keeper = keeperOf(look);
  if (!lease?.record || !term?.record) return wait("the quorum does not answer");
  if (lease.record.kind === "released" && lease.record.term === look.run.term)
    return {
      kind: "done",
      evidence: [`released at ${lease.record.finalLsn ?? "an unknown position"}`],
      finalLsn: lease.record.finalLsn,
    };
  if (keeper === null) return silentKeeper;
  const mayRelease =
    keeper.phase === "serving" || keeper.phase === "draining" || keeper.phase === "fenced";
  if (mayRelease) return act({ kind: "keeper", command: { kind: "release" } });
  return wait(`the keeper is ${keeper.phase}`);
}

/** Undo of the hand-over: the lease is held again, by txn, and the region serves. */
function takenBack(look: Look): Verdict {
  const keeper = keeperOf(look);
  if (keeper === null) return silentKeeper;
  if (keeper.primary !== null && keeper.primary !== look.o.self)
    return done("the term is another site's");
  if (keeper.phase === "serving") return done("serving again");
  const mayTakeBack =
    keeper.phase === "draining" || keeper.phase === "releasing" || keeper.phase === "released";
  const mayStart =
    keeper.phase === "fenced" || keeper.phase === "idle" || keeper.phase === "standby";
  const isReleased = look.o.quorum.view?.lease.record?.kind === "released";
  if (mayTakeBack || (mayStart && isReleased))
    return act({ kind: "keeper", command: { kind: "take-back" } });
  if (mayStart) return act({ kind: "keeper", command: { kind: "start-primary" } });
  return wait(`the keeper is ${keeper.phase}`);
}

/** The order a run gives its keeper; a repeat is the same decision (same claim). */
export function takeOverOrder(run: RunRecord, at: string): TakeOverOrder {
  const isPlanned = run.kind === "switchover" || run.kind === "failback";
  const force = run.force || (isPlanned && !run.isGraceful);
  const cause = force ? "forced" : isPlanned ? "switchover" : "failover";
  return {
    claim: run.id,
    run: run.id,
    cause,
    evidence: [run.reason],
    force,
    withinRpo: run.withinRpo,
    mustReach: force ? null : run.finalLsn,
    acceptGeoLoss: run.acceptGeoLoss,
    at,
  };
}

function takenOver(look: Look): Verdict {
  const { run, o } = look;
  const term = o.quorum.view?.term.record;
  if (!term) return wait("the quorum does not answer");
  if (term.run === run.id) return done(`term ${term.term} began`);
  const keeper = keeperOf(look);
  if (keeper === null) return silentKeeper;
  if (keeper.phase === "deciding") return wait("the take-over is on its way");
  if (run.orderedBy === null) return automaticTakeOver(look);
  // Whoever takes over follows first: the keeper promotes a standby that runs, nothing else.
  if (keeper.postgres === "down") return startStandby(look);
  if (keeper.phase !== "standby") return wait(`the keeper is ${keeper.phase}`);
  return act({
    kind: "keeper",
    command: { kind: "take-over", order: takeOverOrder(run, o.fresh.at) },
  });
}

/** The keeper takes an order in milliseconds; one that it has not taken by then it has refused. */
const orderTakenWithinMs = 2_000;

/**
 * An automatic failover is decided for its moment: the order went out beside the journal. If the keeper refused it, or lost, the
 * reason is over, and only a new decision may order another take-over (trap 7).
 */
function automaticTakeOver(look: Look): Verdict {
  const phase = look.o.keeper?.phase ?? "silent";
  if (look.forMs <= orderTakenWithinMs) return wait("the take-over was ordered");
  if (phase !== "standby" && phase !== "idle") return wait(`the keeper is ${phase}`);
  return { kind: "fail", why: "the take-over did not happen", isFinal: true };
}

function redisPrimary(look: Look): Verdict {
  const redis = look.o.redis;
  if (redis === null) return wait("Redis is not seen");
  if (redis.role === "primary")
    return done(`Redis takes writes at offset ${redis.offset ?? "unknown"}`);
  return redis.role === "down" ? wait("Redis is down") : act({ kind: "redis-promote" });
}

function permitGiven(look: Look): Verdict {
  const keeper = keeperOf(look);
  if (keeper === null) return silentKeeper;
  if (keeper.phase === "serving" && keeper.permitRemainingMs > 0)
    return done(`writable in term ${keeper.term}`);
  const isDown = keeper.phase === "idle" || keeper.phase === "standby";
  if (isDown && keeper.primary === look.o.self)
    return act({ kind: "keeper", command: { kind: "start-primary" } });
  return wait(`the keeper is ${keeper.phase}`);
}

function upstreamReady(look: Look): Verdict {
  const local = look.o.postgres;
  const keeper = keeperOf(look);
  if (local === null || keeper?.postgres !== "primary")
    return wait("PostgreSQL is not writable yet");
  return look.rules.isUpstreamReady(local)
    ? done("checkpoint and slot")
    : act({ kind: "prepare-upstream" });
}

function databaseStopped(look: Look): Verdict {
  const keeper = keeperOf(look);
  if (keeper === null) return silentKeeper;
  if (keeper.postgres === "down") return done("PostgreSQL is down");
  if (keeper.postgres === "stopping") return wait("PostgreSQL is stopping");
  return act({ kind: "keeper", command: { kind: "stop-standby" } });
}

function tailQuarantined(look: Look): Verdict {
  const { o, rules, run } = look;
  const local = o.postgres;
  if (local === null) return wait("the data directory is not seen");
  if (!rules.mustQuarantine(local, o.quorum.history, run.term)) return done("nothing diverged");
  if (local.isQuarantined) return done(`quarantined, ${local.sizeBytes} bytes`);
  if (o.busyWith !== null) return wait(o.busyWith);
  if (local.freeBytes < local.sizeBytes * 1.1)
    return fail(
      `quarantine needs ${Math.ceil(local.sizeBytes * 1.1)} bytes, ${local.freeBytes} are free`,
    );
  return onStopped(look, { kind: "quarantine" });
}

/** Works on a directory only while nothing runs on it: it may have been started since the step that stopped it. */
function onStopped(look: Look, action: Action): Verdict {
  const isStopped = databaseStopped(look);
  return isStopped.kind === "done" ? act(action) : isStopped;
}

function tailReported(look: Look): Verdict {
  const { o, rules, run } = look;
  const local = o.postgres;
  if (local === null) return wait("the data directory is not seen");
  if (!rules.mustQuarantine(local, o.quorum.history, run.term)) return done("nothing diverged");
  if (local.isReported) return done("diverged rows are reported");
  return o.busyWith === null ? onStopped(look, { kind: "report-tail" }) : wait(o.busyWith);
}

/** Rewind first; from the third attempt on, or where there is nothing to rewind, clone. */
function rewound(look: Look): Verdict {
  const { o, rules, run, attempt } = look;
  const local = o.postgres;
  if (local === null) return wait("the data directory is not seen");
  if (o.busyWith !== null) return wait(o.busyWith);
  const ancestry = rules.ancestry(local, o.quorum.history, run.term);
  if (ancestry === "ancestor" && !isStuck(look)) return done(`follows as ${local.directory}`);
  if (!rules.mayDestroy(local, ancestry))
    return fail("the tail is not quarantined and reported yet");
  const mustClone = ancestry === "unusable" || local.directory === "damaged" || attempt >= 3;
  return onStopped(look, { kind: mustClone || isStuck(look) ? "clone" : "rewind" });
}

/** A standby that its upstream can no longer serve can only be cloned anew; one that streams again is left alone. */
const isStuck = (look: Look): boolean =>
  look.run.stuckDataId !== null &&
  look.o.postgres?.dataId === look.run.stuckDataId &&
  look.o.postgres.receiver?.isStreaming !== true;

function following(look: Look): Verdict {
  const keeper = keeperOf(look);
  if (keeper === null) return silentKeeper;
  const isStreaming = look.o.postgres?.receiver?.isStreaming === true;
  if (keeper.postgres === "standby" && isStreaming) return done("streaming");
  if (keeper.postgres === "standby") return wait("not streaming yet");
  if (keeper.postgres !== "down") return wait(`PostgreSQL is ${keeper.postgres}`);
  return startStandby(look);
}

/** Only a directory that holds nothing of its own may follow. */
function startStandby(look: Look): Verdict {
  const local = look.o.postgres;
  const term = look.o.quorum.view?.term.record?.term ?? look.run.endsInTerm;
  if (local !== null && look.rules.ancestry(local, look.o.quorum.history, term) !== "ancestor")
    return fail("this directory cannot follow: it has to be rejoined");
  return act({ kind: "keeper", command: { kind: "start-standby" } });
}

function redisFollowing(look: Look): Verdict {
  const redis = look.o.redis;
  if (redis === null || redis.role === "down") return wait("Redis is down");
  if (redis.role === "replica" && redis.isLinked) return done("Redis follows");
  const primary = look.o.quorum.view?.term.record?.primary ?? look.run.to;
  if (primary === look.o.self) return done("Redis is the primary's");
  return redis.role === "replica"
    ? wait("Redis is not linked yet")
    : act({ kind: "redis-follow", primary });
}

function standbyStreams(look: Look): Verdict {
  return look.o.postgres?.replication?.isActive === true
    ? done("the standby streams")
    : wait("no standby streams");
}

/** Every check of the built-in procedures. */
export const ensures = {
  ready,
  "handed-over": handedOver,
  "taken-back": takenBack,
  "taken-over": takenOver,
  "redis-primary": redisPrimary,
  "permit-given": permitGiven,
  "upstream-ready": upstreamReady,
  "database-stopped": databaseStopped,
  "tail-quarantined": tailQuarantined,
  "tail-reported": tailReported,
  rewound,
  following,
  "redis-following": redisFollowing,
  "standby-streams": standbyStreams,
} as const satisfies Record<string, Ensure>;

export type EnsureName = keyof typeof ensures;

export function isEnsureName(name: string): name is EnsureName {
  return Object.hasOwn(ensures, name);
}
