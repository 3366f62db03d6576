import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import type { OperatorRoute } from "./openapi.ts";
import type { OperatorApiDeps } from "./operator-api.ts";
import {
  automationRequestSchema,
  discardSchema,
  drillReportSchema,
  forceQuorumAgreementSchema,
  forceQuorumSchema,
  runControlSchema,
  runOrderSchema,
  salvageMergeSchema,
  salvageSelectionSchema,
} from "./operator-requests.ts";
import type { Operator } from "./operator-service.ts";

export type OperatorRouteName =
  | "readStatus"
  | "readReadiness"
  | "readExpectedLoss"
  | "listRuns"
  | "readRun"
  | "listHistory"
  | "readAutomation"
  | "setAutomation"
  | "listDrills"
  | "recordDrill"
  | "listSalvage"
  | "readSalvage"
  | "previewMerge"
  | "mergeSalvage"
  | "discardSalvage"
  | "readForceQuorum"
  | "orderForceQuorum"
  | "agreeForceQuorum"
  | "cancelForceQuorum"
  | "orderRun"
  | "controlRun";

type NamedRoute = OperatorRoute & { readonly name: OperatorRouteName };

const get = (name: OperatorRouteName, path: string, summary: string): NamedRoute => ({
  ...{ name, method: "GET", path, summary, role: "viewer", status: 200 },
});

/** Every route of the operator API: who may use it, what it takes. Served and described from this table. */
export function operatorRouteTable(): readonly NamedRoute[] {
  return [
    ...readRoutes(),
    ...runRoutes(),
    ...drillRoutes(),
    ...salvageRoutes(),
    ...forceQuorumRoutes(),
  ];
}

function readRoutes(): readonly NamedRoute[] {
  return [
    get("readStatus", "/v1/status", "Sites, roles, term, permit, lag, protection."),
    get(
      "readReadiness",
      "/v1/readiness",
      "Whether a switchover may begin, and what speaks against it.",
    ),
    get(
      "readExpectedLoss",
      "/v1/expected-loss",
      "What a forced failover would lose, with a confirmation.",
    ),
    get("listRuns", "/v1/runs", "Journals of the runs that are still in the store, newest first."),
    get("readRun", "/v1/runs/:id", "The journal of one run."),
    get("listHistory", "/v1/history", "When each term began, phase by phase, newest first."),
    get("readAutomation", "/v1/automation", "Whether the controllers act by themselves."),
  ];
}

function runRoutes(): readonly NamedRoute[] {
  return [
    {
      name: "setAutomation",
      method: "PUT",
      path: "/v1/automation",
      summary: "Switch automation on or off, with a reason and an end.",
      role: "operator",
      status: 200,
      body: automationRequestSchema,
    },
    {
      name: "orderRun",
      method: "POST",
      path: "/v1/runs",
      summary: "Order a switchover, failback or forced failover.",
      role: "operator",
      status: 202,
      body: runOrderSchema,
    },
    {
      name: "controlRun",
      method: "POST",
      path: "/v1/runs/:id/control",
      summary: "Pause, resume, skip, approve, cancel a run, or make it ungraceful.",
      role: "operator",
      status: 200,
      body: runControlSchema,
    },
  ];
}

function drillRoutes(): readonly NamedRoute[] {
  return [
    get("listDrills", "/v1/drills", "The newest rehearsal of each scenario."),
    {
      name: "recordDrill",
      method: "POST",
      path: "/v1/drills",
      summary: "Record that a scenario was rehearsed, and whether everything held.",
      role: "operator",
      status: 202,
      body: drillReportSchema,
    },
  ];
}

function salvageRoutes(): readonly NamedRoute[] {
  return [
    get(
      "listSalvage",
      "/v1/salvage",
      "Copies of diverged data that this site keeps, and proofs of those discarded.",
    ),
    get("readSalvage", "/v1/salvage/:name", "The diverged rows of one copy, by table and key."),
    {
      name: "previewMerge",
      method: "POST",
      path: "/v1/salvage/:name/preview",
      summary:
        "What merging rows of a copy into the primary would do, row by row; changes nothing.",
      role: "operator",
      status: 200,
      body: salvageSelectionSchema,
    },
    {
      name: "mergeSalvage",
      method: "POST",
      path: "/v1/salvage/:name/merge",
      summary: "Merge rows of a copy into the primary, exactly as a preview showed it, once.",
      role: "approver",
      status: 200,
      body: salvageMergeSchema,
    },
    {
      name: "discardSalvage",
      method: "POST",
      path: "/v1/salvage/:name/discard",
      summary:
        "Delete a quarantined copy for good: the first approver asks, a second one agrees; answers the proof of deletion.",
      role: "approver",
      status: 200,
      body: discardSchema,
    },
  ];
}

function forceQuorumRoutes(): readonly NamedRoute[] {
  return [
    get("readForceQuorum", "/v1/force-quorum", "The order for a new life of the store, if any."),
    {
      name: "orderForceQuorum",
      method: "POST",
      path: "/v1/force-quorum",
      summary:
        "Order a new life of the store with this region as primary; the other region's data plane must be off.",
      role: "approver",
      status: 202,
      body: forceQuorumSchema,
    },
    {
      name: "agreeForceQuorum",
      method: "POST",
      path: "/v1/force-quorum/agreement",
      summary: "Agree to it as another person, with own evidence.",
      role: "approver",
      status: 202,
      body: forceQuorumAgreementSchema,
    },
    {
      name: "cancelForceQuorum",
      method: "POST",
      path: "/v1/force-quorum/cancel",
      summary: "Cancel the order while it waits.",
      role: "operator",
      status: 200,
    },
  ];
}

export interface OperatorRequest {
  readonly body: unknown;
  readonly params: Readonly<Record<string, string>>;
  readonly operator: Operator;
}

export type OperatorHandlers = Readonly<
  Record<OperatorRouteName, (request: OperatorRequest) => Promise<unknown>>
>;

/** What answers each route of the table. */
export function handlersOf(deps: OperatorApiDeps): OperatorHandlers {
  const { service, quorum, terms, salvage, forceQuorum, signal } = deps;
  return {
    readStatus: async () => service.status(),
    readReadiness: async () => service.readiness(),
    readExpectedLoss: async () => service.expectedLoss(),
    listRuns: async () => quorum.runs().map(({ run }) => run),
    readRun: async ({ params }) => {
      const found = quorum.run(params.id ?? "");
      if (found === null) throw new ContinuityError("NOT_FOUND", `no run ${params.id}`);
      return found.run;
    },
    listHistory: async () => terms.list(signal),
    listDrills: async () => quorum.drills(),
    recordDrill: async ({ body, operator }) =>
      service.recordDrill(parse(drillReportSchema, body), operator, signal),
    readAutomation: async () => service.status().automation,
    setAutomation: async ({ body, operator }) =>
      service.setAutomation(parse(automationRequestSchema, body), operator, signal),
    listSalvage: async () => salvage.list(signal),
    readSalvage: async ({ params }) => salvage.show(params.name ?? ""),
    previewMerge: async ({ body, params }) =>
      salvage.preview(params.name ?? "", parse(salvageSelectionSchema, body), signal),
    mergeSalvage: async ({ body, params, operator }) => {
      const request = parse(salvageMergeSchema, body);
      return salvage.merge(params.name ?? "", request, operator.name, signal);
    },
    discardSalvage: async ({ body, params, operator }) => {
      const { reason } = parse(discardSchema, body);
      return salvage.discard(params.name ?? "", operator.name, reason, signal);
    },
    readForceQuorum: async () => forceQuorum.status(),
    orderForceQuorum: async ({ body, operator }) =>
      forceQuorum.order(parse(forceQuorumSchema, body), operator),
    agreeForceQuorum: async ({ body, operator }) =>
      forceQuorum.agree(parse(forceQuorumAgreementSchema, body), operator),
    cancelForceQuorum: async ({ operator }) => forceQuorum.cancel(operator),
    orderRun: async ({ body, operator }) => {
      const run = await service.order(parse(runOrderSchema, body), operator, signal);
      return { id: run.id, run };
    },
    controlRun: async ({ body, params, operator }) =>
      service.control(params.id ?? "", parse(runControlSchema, body), operator, signal),
  };
}

/** Errors: REQUEST_INVALID, naming the fields and never their values. */
export function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "(body)").join(", ");
  throw new ContinuityError("REQUEST_INVALID", `does not fit: ${fields}`);
}
