import type { Observation } from "../observe/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { type DataSite, otherSite, type QuorumView } from "../store/index.ts";
import { stepsOf } from "./steps.ts";

/** What begins a run by a person's order. */
export interface RunOrder {
  readonly kind: "switchover" | "failback" | "failover";
  readonly to: DataSite;
  readonly by: string;
  readonly reason: string;
  readonly force: boolean;
  readonly acceptGeoLoss: boolean;
  /** Readiness codes to be ignored. */
  readonly ignored: readonly string[];
  /** Who must agree before the take-over, besides whoever ordered it; two people, always, when `geo` writes may be lost. */
  readonly approvals?: readonly ("operator" | "approver")[];
  /** The loss that the person was shown. */
  readonly shown?: RunRecord["shown"];
}

function blankRun(
  o: Observation,
  view: QuorumView,
  parts: Pick<RunRecord, "id" | "kind" | "to" | "steps" | "reason" | "term">,
): RunRecord {
  return {
    ...parts,
    plan: null,
    storeId: view.store.record?.id ?? "",
    storeGeneration: view.store.record?.generation ?? 1,
    endsInTerm: parts.kind === "rejoin" ? parts.term : parts.term + 1,
    from: otherSite(parts.to),
    orderedBy: null,
    force: false,
    acceptGeoLoss: false,
    withinRpo: false,
    ignored: [],
    isGraceful: false,
    claim: { controller: o.controllerBootId, number: 0 },
    state: { kind: "running" },
    approvals: [],
    finalLsn: null,
    stuckDataId: null,
    createdAt: o.fresh.at,
  };
}

/** The journal of a failover that the controllers decide themselves. */
export function takeOverRun(
  o: Observation,
  view: QuorumView,
  about: {
    readonly id: string;
    readonly term: number;
    readonly to: DataSite;
    readonly withinRpo: boolean;
  },
): RunRecord {
  const run = blankRun(o, view, {
    id: about.id,
    kind: "failover",
    to: about.to,
    term: about.term,
    steps: stepsOf("failover", about.to),
    reason: "the primary is dead or isolated, by quorum",
  });
  return { ...run, withinRpo: about.withinRpo };
}

/** This site returns to follow `primary`. */
export function beginRejoin(
  o: Observation,
  view: QuorumView,
  primary: DataSite,
  stuckDataId: string | null,
): RunRecord {
  const isStuck = stuckDataId !== null;
  const run = blankRun(o, view, {
    id: o.fresh.id,
    kind: "rejoin",
    to: primary,
    term: view.term.record?.term ?? 1,
    steps: stepsOf("rejoin", primary),
    reason: isStuck ? "the standby does not stream any more" : "this region returns",
  });
  return { ...run, stuckDataId };
}

/** A run that a person orders. The caller has checked the person's role and, unless forced, readiness. */
export function orderedRun(o: Observation, view: QuorumView, order: RunOrder): RunRecord {
  const run = blankRun(o, view, {
    id: o.fresh.id,
    kind: order.kind,
    to: order.to,
    term: view.term.record?.term ?? 1,
    steps: stepsOf(order.kind, order.to).map((step) => withApprovals(step, order)),
    reason: order.reason,
  });
  return {
    ...run,
    orderedBy: order.by,
    force: order.force,
    acceptGeoLoss: order.acceptGeoLoss,
    shown: order.shown ?? null,
    ignored: [...order.ignored],
    isGraceful: order.kind !== "failover",
  };
}

function withApprovals(step: StepRecord, order: RunOrder): StepRecord {
  if (step.definition.ensure !== "taken-over") return step;
  const approvals = order.acceptGeoLoss
    ? (["approver", "approver"] as const)
    : (order.approvals ?? []);
  return { ...step, definition: { ...step.definition, approvals: [...approvals] } };
}
