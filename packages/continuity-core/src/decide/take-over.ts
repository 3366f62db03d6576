import type { TakeOverOrder } from "../keeper/index.ts";
import { takeOverRun } from "../procedures/index.ts";
import { otherSite } from "../store/index.ts";
import { type Decision, hold } from "./decision.ts";
import type { Turn } from "./role.ts";

/** Lease and promise of the primary have lapsed as the own keeper sees them, or it released the term. */
export function decideLapsed(turn: Turn): Decision {
  const { o, policy, rules, view } = turn;
  const isReleased = turn.lease.kind === "released";
  if (!rules.mayActByItself(o)) return hold("automation-off", true);
  if (o.quorum.ageMs > policy.quorumAgeMaxMs) return hold("quorum-lost-standby", true);
  const promotable = rules.promotable(o, policy);
  if (promotable === "no") return hold("standby-not-safe", true);
  if (!isReleased && rules.isVetoed(o, policy)) return hold("veto", true);
  if (rules.isCooling(o, policy)) return hold("cooldown", true);
  if (rules.isFlapping(o, policy)) return hold("flapping", true);
  const wasVetoed = !isReleased && o.sightings.some((sight) => sight.ageMs < (o.lapsedForMs ?? 0));
  const run = takeOverRun(o, view, {
    id: o.fresh.id,
    term: turn.term.term,
    to: otherSite(turn.term.primary),
    withinRpo: promotable === "within-rpo",
  });
  const order: TakeOverOrder = {
    claim: run.id,
    run: run.id,
    cause: "failover",
    evidence: evidenceOf(turn, isReleased),
    force: false,
    withinRpo: run.withinRpo,
    mustReach: isReleased ? turn.lease.finalLsn : null,
    acceptGeoLoss: false,
    at: o.fresh.at,
  };
  return { kind: "take-over", order, run, alarm: wasVetoed };
}

function evidenceOf(turn: Turn, isReleased: boolean): string[] {
  const { o } = turn;
  const evidence = isReleased
    ? ["the primary gave the term up"]
    : ["lease and promise lapsed, guard included"];
  if (turn.view.sync.record?.safeToPromote === true) evidence.push("standby recorded as safe");
  if (o.estimatedLossMs !== null)
    evidence.push(`estimated loss ${Math.round(o.estimatedLossMs)} ms`);
  return evidence;
}
