import type { PermitAnswer, PermitReason } from "./effects.ts";
import type { PermitQuestion } from "./events.ts";
import type { KeeperRules } from "./rules.ts";
import type { KeeperState, KnownPortal, Phase } from "./state.ts";
import { announce, type Turn } from "./turn.ts";

/** 64 portals at most are remembered; beyond that, those whose permits are over are forgotten first. */
const portalsMax = 64;

const holdingPhases: ReadonlySet<Phase["kind"]> = new Set([
  "resuming",
  "recording-term",
  "waiting-gate",
  "serving",
  "draining",
  "releasing",
  "fenced",
]);

/** Whether the current term is this site's, as far as this keeper knows. */
export function holdsTerm(state: KeeperState): boolean {
  return state.view?.term.record?.primary === state.site && holdingPhases.has(state.phase.kind);
}

/** When everything that this keeper may acknowledge with is over; `-Infinity` without a lease of its own. */
export function deadlineMs(state: KeeperState, rules: KeeperRules): number {
  if (state.view?.term.record?.primary !== state.site) return Number.NEGATIVE_INFINITY;
  return rules.mayUsePromise(state)
    ? Math.max(state.leaseUntilMs, state.promiseUntilMs)
    : state.leaseUntilMs;
}

function mayPermit(phase: Phase): boolean {
  if (phase.kind === "serving" || phase.kind === "draining") return true;
  return phase.kind === "releasing" && phase.step === "finishing";
}

/** The end of the permit that a portal would be given at `now`, or null. */
export function permitUntilMs(state: KeeperState, rules: KeeperRules, now: number): number | null {
  if (!mayPermit(state.phase)) return null;
  if (state.postgres !== "primary" || state.isSuspended || state.isDistrusted) return null;
  if (now < rules.gateOpensAtMs(state)) return null;
  const leaseUntil = rules.startsPermit(state) ? state.leaseUntilMs : Number.NEGATIVE_INFINITY;
  const promiseUntil = rules.mayUsePromise(state) ? state.promiseUntilMs : Number.NEGATIVE_INFINITY;
  const until = Math.max(leaseUntil, promiseUntil);
  return now < until ? until : null;
}

/** The machine-readable reason in a permit's answer. */
export function permitReason(state: KeeperState, hasPermit: boolean): PermitReason {
  switch (state.phase.kind) {
    case "serving":
      if (hasPermit) return "serving";
      return state.postgres === "primary" ? "no-lease" : "starting";
    case "draining":
    case "releasing":
      return "draining";
    case "deciding":
    case "standby":
      return "standby";
    case "waiting-gate":
      return "waiting-gate";
    case "fenced":
    case "halted":
      return "fenced";
    case "released":
      return "released";
    case "idle":
    case "resuming":
    case "recording-term":
    case "taking-back":
      return "starting";
  }
}

function remember(
  portals: ReadonlyMap<string, KnownPortal>,
  id: string,
  portal: KnownPortal,
  now: number,
): ReadonlyMap<string, KnownPortal> {
  const next = new Map(portals).set(id, portal);
  if (next.size <= portalsMax) return next;
  for (const [known, each] of next) {
    if (known !== id && each.permitUntilMs + 60_000 < now) next.delete(known);
  }
  return next;
}

/** Answers a portal, evaluated now, and remembers what it was given. */
export function answerPermit(state: KeeperState, turn: Turn, asked: PermitQuestion): KeeperState {
  const until = permitUntilMs(state, turn.rules, turn.now);
  const term = state.view?.term.record;
  const answer: PermitAnswer = {
    question: asked.question,
    change: state.change,
    permit: until === null || !term ? null : { term: term.term, remainingMs: until - turn.now },
    reason: permitReason(state, until !== null),
    durability: {
      geo: state.geo.on,
      generation: state.geo.generation,
      unprotectedSince: state.view?.sync.record?.unprotectedSince ?? null,
      acceptUnprotected: state.acceptUnprotected,
    },
    primary: term?.primary ?? null,
  };
  turn.effects.push({ kind: "answer-permit", portal: asked.portal, answer });
  const known = state.portals.get(asked.portal);
  const given = until ?? Number.NEGATIVE_INFINITY;
  const before = known?.permitUntilMs ?? Number.NEGATIVE_INFINITY;
  const geoBefore = known?.geoUntilMs ?? Number.NEGATIVE_INFINITY;
  const portal: KnownPortal = {
    seenChange: Math.max(known?.seenChange ?? 0, Math.min(asked.seenChange, state.change)),
    permitUntilMs: Math.max(before, given),
    geoUntilMs: state.geo.on ? Math.max(geoBefore, given) : geoBefore,
  };
  return { ...state, portals: remember(state.portals, asked.portal, portal, turn.now) };
}

/** Portals stop calling writes `geo`, as far as they are told; confirmation is awaited by `revoke-geo`. */
export function turnGeoOff(state: KeeperState, turn: Turn): KeeperState {
  if (!state.geo.on) return state;
  return announce({ ...state, geo: { ...state.geo, on: false } }, turn);
}
