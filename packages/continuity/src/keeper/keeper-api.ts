import type { Clock, Registry } from "@careline/platform";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { KeeperConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { callerOf, LineStream, mutualTlsServer, requireCaller } from "../http/index.ts";
import {
  keeperCommandSchema,
  permitQuestionSchema,
  promiseQuestionSchema,
} from "./command-schema.ts";
import type { KeeperDriver } from "./keeper-driver.ts";
import type { KeeperMetrics } from "./keeper-metrics.ts";

/** A command that takes longer goes on; the controller asks again. A release waits for portals, at most seconds. */
const COMMAND_WITHIN_MS = 60_000;

export interface KeeperApiDeps {
  readonly config: Pick<KeeperConfig, "site" | "tls">;
  readonly driver: KeeperDriver;
  readonly metrics: KeeperMetrics;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** The contracts of docs/reference/site-contracts.md (permit, promise) and what only the site's controller may ask. */
export function buildKeeperApi(deps: KeeperApiDeps): FastifyInstance {
  const { driver, clock } = deps;
  const { site } = deps.config;
  const startedMs = clock.monotonicMs();
  const otherKeeper = `keeper.${site === "east" ? "west" : "east"}`;
  const app = mutualTlsServer(deps.config.tls);
  const changes = new LineStream(clock, () => `${JSON.stringify({ change: driver.change })}\n`);
  const notices = new LineStream(clock, () => `${JSON.stringify({ kind: "beat" })}\n`);
  driver.onNotice((notice) => {
    if (notice.kind === "change") changes.publish(`${JSON.stringify({ change: notice.change })}\n`);
    else notices.publish(`${JSON.stringify(notice)}\n`);
  });
  app.addHook("onClose", async () => {
    changes.close();
    notices.close();
  });

  app.post("/v1/permit", async (request) => {
    requireCaller(request, [`portal.${site}`]);
    return driver.permit(parse(permitQuestionSchema, request.body));
  });
  app.get("/v1/permit/changes", async (request, reply) => {
    requireCaller(request, [`portal.${site}`]);
    if (!changes.attach(reply, "application/x-ndjson")) throw tooManyListeners();
  });
  app.post("/v1/promise", async (request) => {
    requireCaller(request, [otherKeeper]);
    return driver.promise(parse(promiseQuestionSchema, request.body));
  });
  app.get("/v1/status", async (request) => {
    requireCaller(request, [`controller.${site}`]);
    driver.dispatch({ kind: "controller-seen" });
    return {
      ...driver.status(),
      milestones: driver.milestones,
      leastSlackMs: deps.metrics.leastSlackMs(),
      upForMs: clock.monotonicMs() - startedMs,
    };
  });
  app.get("/v1/notices", async (request, reply) => {
    requireCaller(request, [`controller.${site}`]);
    if (!notices.attach(reply, "application/x-ndjson")) throw tooManyListeners();
  });
  app.post("/v1/commands", async (request) => {
    requireCaller(request, [`controller.${site}`]);
    const command = parse(keeperCommandSchema, request.body);
    return driver.command(command, clock.deadline(COMMAND_WITHIN_MS));
  });
  app.get("/metrics", async (request, reply) => {
    callerOf(request);
    await reply.type("text/plain; version=0.0.4").send(await deps.registry.metrics());
  });
  return app;
}

function tooManyListeners(): ContinuityError {
  return new ContinuityError("TOO_MANY_LISTENERS", "too many listeners");
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "(body)").join(", ");
  throw new ContinuityError("REQUEST_INVALID", `does not fit: ${fields}`);
}
