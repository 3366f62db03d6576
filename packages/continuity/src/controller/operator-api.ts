import type { Clock, Registry } from "@careline/platform";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { callerOf, LineStream, mutualTlsServer } from "../http/index.ts";
import { type OperatorRoute, openApiOf } from "./openapi.ts";
import { automationRequestSchema, runControlSchema, runOrderSchema } from "./operator-requests.ts";
import type { Operator, OperatorRole, OperatorService } from "./operator-service.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import type { TermJournal } from "./term-journal.ts";

export interface OperatorApiDeps {
  readonly config: ControllerConfig;
  readonly version: string;
  readonly service: OperatorService;
  readonly quorum: QuorumObserver;
  readonly terms: TermJournal;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface OperatorApi {
  readonly app: FastifyInstance;
  /** Sends an event to whoever follows `GET /v1/events`. */
  publish(event: Readonly<Record<string, unknown>>): void;
}

const RANK: Readonly<Record<OperatorRole, number>> = { viewer: 0, operator: 1, approver: 2 };

/** The operator API of one controller: mutual TLS, roles from the certificate's organisational unit. */
export function buildOperatorApi(deps: OperatorApiDeps): OperatorApi {
  const app = mutualTlsServer(deps.config.tls);
  const events = new LineStream(deps.clock, () => ": beat\n\n");
  app.addHook("onClose", async () => events.close());
  const routes = routesOf(deps);
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const operator = requireRole(request, route.role);
        const body = route.body === undefined ? undefined : parse(route.body, request.body);
        const params = request.params as Readonly<Record<string, string>>;
        const answer = await route.handle({ body, params, operator });
        await reply.code(route.status).send(answer);
      },
    });
  }
  app.get("/v1/events", async (request, reply) => {
    requireRole(request, "viewer");
    if (!events.attach(reply, "text/event-stream")) {
      throw new ContinuityError("RUN_CONFLICT", "too many listeners");
    }
  });
  app.get("/v1/ping", async (request) => {
    callerOf(request);
    return { site: deps.config.site };
  });
  app.get("/openapi.json", async () => openApiOf(routes, deps.version));
  app.get("/metrics", async (_request, reply) => {
    await reply.type("text/plain; version=0.0.4").send(await deps.registry.metrics());
  });
  return {
    app,
    publish(event) {
      const at = deps.clock.wallNow().toISOString();
      events.publish(`data: ${JSON.stringify({ at, ...event })}\n\n`);
    },
  };
}

function routesOf(deps: OperatorApiDeps): OperatorRoute[] {
  const { service, quorum, terms, signal } = deps;
  const get = (path: string, summary: string, handle: OperatorRoute["handle"]): OperatorRoute => ({
    method: "GET",
    path,
    summary,
    role: "viewer",
    status: 200,
    handle,
  });
  return [
    get("/v1/status", "Sites, roles, term, permit, lag, protection.", async () => service.status()),
    get("/v1/readiness", "Whether a switchover may begin, and what speaks against it.", async () =>
      service.readiness(),
    ),
    get("/v1/expected-loss", "What a forced failover would lose, with a confirmation.", async () =>
      service.expectedLoss(),
    ),
    get("/v1/runs", "Journals of the runs that are still in the store, newest first.", async () =>
      quorum.runs().map(({ run }) => run),
    ),
    get("/v1/runs/:id", "The journal of one run.", async ({ params }) => {
      const found = quorum.run(params.id ?? "");
      if (found === null) throw new ContinuityError("NOT_FOUND", `no run ${params.id}`);
      return found.run;
    }),
    get("/v1/history", "When each term began, phase by phase, newest first.", async () =>
      terms.list(signal),
    ),
    get(
      "/v1/automation",
      "Whether the controllers act by themselves.",
      async () => service.status().automation,
    ),
    {
      method: "PUT",
      path: "/v1/automation",
      summary: "Switch automation on or off, with a reason and an end.",
      role: "operator",
      status: 200,
      body: automationRequestSchema,
      handle: async ({ body, operator }) =>
        service.setAutomation(automationRequestSchema.parse(body), operator, signal),
    },
    {
      method: "POST",
      path: "/v1/runs",
      summary: "Order a switchover, failback or forced failover.",
      role: "operator",
      status: 202,
      body: runOrderSchema,
      handle: async ({ body, operator }) => {
        const run = await service.order(runOrderSchema.parse(body), operator, signal);
        return { id: run.id, run };
      },
    },
    {
      method: "POST",
      path: "/v1/runs/:id/control",
      summary: "Pause, resume, skip, approve, cancel a run, or make it ungraceful.",
      role: "operator",
      status: 200,
      body: runControlSchema,
      handle: async ({ body, params, operator }) =>
        service.control(params.id ?? "", runControlSchema.parse(body), operator, signal),
    },
  ];
}

/** Errors: NOT_ALLOWED for processes, unknown people and too low a role. */
function requireRole(request: FastifyRequest, needed: OperatorRole): Operator {
  const { commonName, unit } = callerOf(request);
  const role = z.enum(["viewer", "operator", "approver"]).safeParse(unit);
  if (!commonName.startsWith("operator.") || !role.success) {
    throw new ContinuityError("NOT_ALLOWED", "only people with an operator's certificate");
  }
  if (RANK[role.data] < RANK[needed]) {
    throw new ContinuityError("NOT_ALLOWED", `needs the role ${needed}, not ${role.data}`);
  }
  return { name: commonName.slice("operator.".length), role: role.data };
}

function parse(schema: z.ZodType, body: unknown): unknown {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "(body)").join(", ");
  throw new ContinuityError("REQUEST_INVALID", `does not fit: ${fields}`);
}
