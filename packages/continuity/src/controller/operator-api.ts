import type { Clock, Registry } from "@careline/platform";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { callerOf, LineStream, mutualTlsServer, requireCaller } from "../http/index.ts";
import type { ForceQuorum } from "./force-quorum.ts";
import { openApiOf } from "./openapi.ts";
import { handlersOf, operatorRouteTable, parse } from "./operator-routes.ts";
import type { Operator, OperatorRole, OperatorService } from "./operator-service.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import { ROWS_BYTES_MAX, rowsRequestSchema } from "./row-receiver.ts";
import type { Salvage } from "./salvage.ts";
import type { TermJournal } from "./term-journal.ts";

export interface OperatorApiDeps {
  readonly config: ControllerConfig;
  readonly version: string;
  readonly service: OperatorService;
  readonly quorum: QuorumObserver;
  readonly terms: TermJournal;
  readonly salvage: Salvage;
  readonly forceQuorum: ForceQuorum;
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
  const routes = operatorRouteTable();
  const handlers = handlersOf(deps);
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      // A selection may name each of a report's rows.
      bodyLimit: route.path.startsWith("/v1/salvage/") ? 4 * 1024 * 1024 : 65_536,
      handler: async (request, reply) => {
        const operator = requireRole(request, route.role);
        const { body } = request;
        const params = request.params as Readonly<Record<string, string>>;
        const answer = await handlers[route.name]({ body, params, operator });
        await reply.code(route.status).send(answer);
      },
    });
  }
  app.get("/v1/events", async (request, reply) => {
    requireRole(request, "viewer");
    if (!events.attach(reply, "text/event-stream")) {
      throw new ContinuityError("TOO_MANY_LISTENERS", "too many listeners");
    }
  });
  app.get("/v1/ping", async (request) => {
    callerOf(request);
    return { site: deps.config.site };
  });
  app.post("/v1/salvage-rows", { bodyLimit: ROWS_BYTES_MAX }, async (request) => {
    requireCaller(request, ["controller.east", "controller.west"]);
    return deps.salvage.receive(parse(rowsRequestSchema, request.body), deps.signal);
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

/** Errors: NOT_ALLOWED for processes, unknown people and too low a role. */
function requireRole(request: FastifyRequest, needed: OperatorRole): Operator {
  const { commonName, unit } = callerOf(request);
  const role = z.enum(["viewer", "operator", "approver"]).safeParse(unit);
  if (!/^operator\../.test(commonName) || !role.success) {
    throw new ContinuityError("NOT_ALLOWED", "only people with an operator's certificate");
  }
  if (RANK[role.data] < RANK[needed]) {
    throw new ContinuityError("NOT_ALLOWED", `needs the role ${needed}, not ${role.data}`);
  }
  return { name: commonName.slice("operator.".length), role: role.data };
}
