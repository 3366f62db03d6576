import type { KeeperStatus } from "../keeper/index.ts";
import type { LocalPostgres, Observation } from "../observe/index.ts";
import { beginRejoin, takeOverRun } from "../procedures/index.ts";
import { otherSite, type QuorumView } from "../store/index.ts";
import { type Decision, hold } from "./decision.ts";
import { decideDurability } from "./durability.ts";
import type { Policy } from "./policy.ts";
import type { DecideRules } from "./rules.ts";
import { decideLapsed } from "./take-over.ts";

/** One turn of a data site's controller, with everything that was looked up once. */
export interface Turn {
  readonly o: Observation;
  readonly policy: Policy;
  readonly rules: DecideRules;
  readonly keeper: KeeperStatus;
  readonly local: LocalPostgres;
  readonly view: QuorumView;
  readonly term: NonNullable<QuorumView["term"]["record"]>;
  readonly lease: NonNullable<QuorumView["lease"]["record"]>;
}

/** The term is this site's. */
export function decidePrimary(turn: Turn): Decision {
  const { o, keeper, lease, policy } = turn;
  const adopted = adoptRun(turn);
  if (adopted !== null) return adopted;
  switch (keeper.phase) {
    case "serving":
      return decideServing(turn);
    case "draining":
      return { kind: "take-back" };
    case "releasing":
      return hold("waiting-for-portals");
    case "released":
      return decideReleased(turn);
    case "taking-back":
    case "resuming":
    case "recording-term":
      return hold("postgres-changing");
    case "deciding":
    case "waiting-gate":
      return hold("taking-over");
    case "halted":
      return hold("keeper-halted", true);
    case "fenced":
    case "idle":
    case "standby":
      if (lease.kind === "released") return decideReleased(turn);
      if (o.busyWith !== null) return hold("busy");
      return decideStart(turn, policy);
  }
}

/** Fenced, restarted, or named by a take-over of an earlier life. */
function decideStart(turn: Turn, policy: Policy): Decision {
  const { keeper, local } = turn;
  if (keeper.postgres === "stopping") return hold("postgres-changing");
  const isUsable = local.directory === "primary" || local.directory === "standby";
  if (isUsable) return { kind: "start-primary" };
  return mayGiveUp(turn, policy) ? { kind: "give-up" } : hold("no-data", true);
}

function mayGiveUp(turn: Turn, policy: Policy): boolean {
  const sync = turn.view.sync.record;
  const other = turn.o.quorum.sites[otherSite(turn.term.primary)];
  const isThere = other !== undefined && other.ageMs < policy.weakenAfterMs;
  return turn.rules.mayActByItself(turn.o) && sync?.safeToPromote === true && isThere;
}

function decideServing(turn: Turn): Decision {
  const { o, keeper, local, policy, rules } = turn;
  if (keeper.postgres === "down") {
    if (local.restartsLeft > 0) return { kind: "restart-postgres" };
    if (mayGiveUp(turn, policy)) return { kind: "give-up" };
    return { kind: "restart-postgres" };
  }
  if (keeper.postgres !== "primary") return hold("postgres-changing");
  // The quorum answers: what is written from now on is known of.
  if (keeper.isSuspended) return { kind: "resume-writes" };
  if (o.redis?.role === "replica") return { kind: "promote-redis" };
  if (keeper.acceptUnprotected !== policy.acceptUnprotected)
    return { kind: "accept-unprotected", accept: policy.acceptUnprotected };
  return decideDurability(o, policy, rules);
}

/** Given up, and no open run says what comes next. */
function decideReleased(turn: Turn): Decision {
  const { o, policy } = turn;
  const since = o.quorum.releasedForMs ?? 0;
  const isUsable = turn.local.directory === "primary";
  if (since < policy.takeBackAfterMs || !isUsable) return hold("released-waiting", since > 0);
  return { kind: "take-back" };
}

/** The controller that journals a take-over may die first: the term itself names the run. */
function adoptRun(turn: Turn): Decision | null {
  const { o, term } = turn;
  if (term.run === null || !o.quorum.termRunMissing) return null;
  const run = takeOverRun(o, turn.view, {
    id: term.run,
    term: term.term - 1,
    to: term.primary,
    withinRpo: false,
  });
  return { kind: "adopt-run", run };
}

/** The term is the other site's. */
export function decideStandby(turn: Turn): Decision {
  const { o, keeper } = turn;
  if (o.busyWith !== null) return hold("busy");
  switch (keeper.phase) {
    case "halted":
      return hold("keeper-halted", true);
    case "deciding":
    case "waiting-gate":
    case "recording-term":
      return hold("taking-over");
    case "serving":
    case "draining":
    case "releasing":
    case "resuming":
    case "taking-back":
      // The controller has read further than its keeper: the keeper fences itself as soon as it reads the same.
      return hold("postgres-changing");
    case "idle":
    case "fenced":
    case "released":
    case "standby":
      return keeper.postgres === "standby" ? decideFollowing(turn) : decideFollow(turn);
  }
}

/** PostgreSQL does not run: follow, or rejoin first. */
function decideFollow(turn: Turn): Decision {
  const { o, keeper, local, rules, term } = turn;
  if (keeper.postgres !== "down") return hold("postgres-changing");
  const ancestry = rules.ancestry(local, o.quorum.history, term.term);
  if (ancestry === "ancestor") return { kind: "start-standby" };
  return rejoinOrHold(turn, null);
}

function rejoinOrHold(turn: Turn, stuckDataId: string | null): Decision {
  const { o, rules, term } = turn;
  if (!rules.mayActByItself(o)) return hold("automation-off", true);
  if (o.quorum.ageMs > turn.policy.quorumAgeMaxMs) return hold("quorum-lost-standby", true);
  return { kind: "begin-rejoin", run: beginRejoin(o, turn.view, term.primary, stuckDataId) };
}

function decideFollowing(turn: Turn): Decision {
  const { o, keeper, local, policy } = turn;
  if (keeper.lapsesInMs === 0) return decideLapsed(turn);
  const silentMs = local.receiver?.silentMs ?? 0;
  const isLost = local.receiver?.isStreaming === false && silentMs >= policy.rejoinAfterMs;
  const primaryStreams = o.quorum.sites[turn.term.primary]?.record.postgres?.state === "primary";
  if (isLost && primaryStreams && o.canReachPrimary) return rejoinOrHold(turn, local.dataId);
  if (local.receiver?.isStreaming !== true) return hold("primary-live");
  // Its content is the old primary's: given up only where a person has not switched automation off.
  const mustFollow = o.redis?.role === "primary" && turn.rules.mayActByItself(o);
  return mustFollow
    ? { kind: "follow-redis", primary: turn.term.primary }
    : hold("standby-streaming");
}
