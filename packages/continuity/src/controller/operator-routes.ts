import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import type { OperatorRoute } from "./openapi.ts";
import type { OperatorApiDeps } from "./operator-api.ts";
import {
  automationRequestSchema,
  discardSchema,
  runControlSchema,
  runOrderSchema,
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
  | "listSalvage"
  | "readSalvage"
  | "discardSalvage"
  | "orderRun"
  | "controlRun";

/** Every route of the operator API: who may use it, what it takes. Served and described from this table. */
export function operatorRouteTable(): readonly (OperatorRoute & {
  readonly name: OperatorRouteName;
})[] {
  const get = (name: OperatorRouteName, path: string, summary: string) =>
    ({ name, method: "GET", path, summary, role: "viewer", status: 200 }) as const;
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
    {
      name: "setAutomation",
      method: "PUT",
      path: "/v1/automation",
      summary: "Switch automation on or off, with a reason and an end.",
      role: "operator",
      status: 200,
      body: automationRequestSchema,
    },
    get(
      "listSalvage",
      "/v1/salvage",
      "Copies of diverged data that this site keeps, and proofs of those discarded.",
    ),
    get("readSalvage", "/v1/salvage/:name", "The diverged rows of one copy, by table and key."),
    {
      name: "discardSalvage",
      method: "POST",
      path: "/v1/salvage/:name/discard",
      summary: "Delete a quarantined copy for good; answers the proof of deletion.",
      role: "approver",
      status: 200,
      body: discardSchema,
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
  const { service, quorum, terms, salvage, signal } = deps;
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
    readAutomation: async () => service.status().automation,
    setAutomation: async ({ body, operator }) =>
      service.setAutomation(parse(automationRequestSchema, body), operator, signal),
    listSalvage: async () => salvage.list(),
    readSalvage: async ({ params }) => salvage.show(params.name ?? ""),
    discardSalvage: async ({ body, params, operator }) => {
      const { reason } = parse(discardSchema, body);
      return salvage.discard(params.name ?? "", operator.name, reason, signal);
    },
    orderRun: async ({ body, operator }) => {
      const run = await service.order(parse(runOrderSchema, body), operator, signal);
      return { id: run.id, run };
    },
    controlRun: async ({ body, params, operator }) =>
      service.control(params.id ?? "", parse(runControlSchema, body), operator, signal),
  };
}

/** Errors: REQUEST_INVALID, naming the fields and never their values. */
function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "(body)").join(", ");
  throw new ContinuityError("REQUEST_INVALID", `does not fit: ${fields}`);
}
