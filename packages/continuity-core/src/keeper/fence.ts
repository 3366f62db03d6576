import { deadlineMs, turnGeoOff } from "./permit.ts";
import type { KeeperState, Phase } from "./state.ts";
import { abandonAll, alarm, enter, type Turn } from "./turn.ts";

type FenceReason = Extract<Phase, { kind: "fenced" }>["why"];

const sentences: Record<FenceReason, string> = {
  deadline: "lease and promise ran out: PostgreSQL is stopped, nothing is acknowledged",
  "higher-term": "another region began a term: this one stays fenced until it has rejoined",
  "store-changed": "the quorum store is another one now: this region stays fenced",
};

/** Stops PostgreSQL if it may be writable, and blocks Redis writes. */
export function stopAtOnce(state: KeeperState, turn: Turn): KeeperState {
  turn.effects.push({ kind: "stop-postgres", mode: "immediate" }, { kind: "block-redis" });
  return { ...state, postgres: "stopping" };
}

/** Layer two of fencing: no permit, no database, no Redis writes, whatever the controller does. */
export function fence(state: KeeperState, turn: Turn, why: FenceReason): KeeperState {
  const isDown = state.postgres === "down";
  let next = abandonAll(turnGeoOff(state, turn), turn, `fenced: ${why}`);
  if (!isDown) next = stopAtOnce(next, turn);
  alarm(turn, why === "deadline" ? "fenced" : why, sentences[why]);
  return enter(next, { kind: "fenced", why }, turn);
}

/** Runs before every event: what a step sees is never later than the deadline that it should have kept. */
export function enforceDeadline(state: KeeperState, turn: Turn): KeeperState {
  const until = deadlineMs(state, turn.rules);
  if (!turn.rules.mustFence(state, until, turn.now)) return state;
  return fence(state, turn, "deadline");
}
