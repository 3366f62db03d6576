import type { Lsn } from "../lsn.ts";
import { deadlineMs, turnGeoOff } from "./permit.ts";
import { writeRelease } from "./release.ts";
import type { KeeperState, Phase } from "./state.ts";
import { promote, recordTerm } from "./take-over.ts";
import { alarm, enter, settle, type Turn } from "./turn.ts";

/** PostgreSQL accepts connections. */
export function started(state: KeeperState, turn: Turn, as: "primary" | "standby"): KeeperState {
  if (as === "standby") {
    if (state.postgres !== "starting-standby") return state;
    return settle({ ...state, postgres: "standby" }, turn, "start-standby", { kind: "done" });
  }
  if (state.postgres !== "starting-primary") return state;
  if (state.phase.kind === "resuming" || state.phase.kind === "waiting-gate")
    return recordTerm(state, turn);
  return { ...state, postgres: "primary" };
}

/** The answer to a stop. */
export function stopped(state: KeeperState, turn: Turn, finalLsn: Lsn | null): KeeperState {
  const down: KeeperState = { ...state, postgres: "down" };
  if (state.phase.kind === "releasing" && state.phase.step === "stopping") {
    const phase = { ...state.phase, step: "writing", finalLsn } as const;
    return writeRelease({ ...down, phase }, turn);
  }
  return settle(down, turn, "stop-standby", { kind: "done" });
}

/** It died. The controller decides whether it is restarted in place or the term is given up. */
export function exited(state: KeeperState, turn: Turn): KeeperState {
  if (state.postgres === "stopping") return stopped(state, turn, null);
  const wasPrimary = state.postgres === "primary" || state.postgres === "starting-primary";
  // What PostgreSQL enforces after a restart is looked at again before any write is called geo.
  const down: KeeperState = { ...turnGeoOff(state, turn), postgres: "down" };
  if (!wasPrimary) return settle(down, turn, "start-standby", crashed);
  alarm(turn, "postgres-exited", "PostgreSQL ended by itself");
  return enter(down, leftWithout(state.phase), turn);
}

/** The term stays, its database is gone: what a promotion or a start had begun is the controller's to begin again. */
function leftWithout(phase: Phase): Phase {
  const wasStarting =
    phase.kind === "waiting-gate" || phase.kind === "recording-term" || phase.kind === "resuming";
  return wasStarting ? { kind: "serving" } : phase;
}

/** It runs, but not as a primary: stopped, so that it is started again from the beginning. */
export function promotionFailed(state: KeeperState, turn: Turn): KeeperState {
  if (state.postgres !== "starting-primary") return state;
  alarm(turn, "promotion-failed", "PostgreSQL could not be promoted: it is started again");
  turn.effects.push({ kind: "stop-postgres", mode: "immediate" });
  return enter({ ...state, postgres: "stopping" }, leftWithout(state.phase), turn);
}

const crashed = { kind: "refused", why: "PostgreSQL ended by itself" } as const;

/** Starts PostgreSQL for a term that this site holds, only while the lease lives and never before the gate. */
export function startForTerm(state: KeeperState, turn: Turn): KeeperState {
  if (state.phase.kind !== "resuming") return state;
  if (turn.now >= deadlineMs(state, turn.rules)) return state;
  if (turn.now < turn.rules.gateOpensAtMs(state)) return state;
  if (state.postgres === "primary") return recordTerm(state, turn);
  const term = state.view?.term.record?.term ?? 0;
  if (state.postgres === "standby") {
    turn.effects.push({ kind: "promote-postgres", term });
    return { ...state, postgres: "starting-primary" };
  }
  if (state.postgres !== "down") return state;
  turn.effects.push({ kind: "start-postgres", as: "primary" });
  return { ...state, postgres: "starting-primary" };
}

/** A forced take-over has stopped its receiver at the gate. */
export function receiverStoppedAtGate(state: KeeperState, turn: Turn): KeeperState {
  const { phase } = state;
  if (phase.kind !== "waiting-gate" || phase.step !== "stopping-receiver") return state;
  return promote(state, turn);
}
