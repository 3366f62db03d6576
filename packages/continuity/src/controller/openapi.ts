import { z } from "zod";
import type { OperatorRole } from "./operator-service.ts";

export interface OperatorRoute {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly summary: string;
  /** Least role that may use it. */
  readonly role: OperatorRole;
  readonly status: 200 | 202;
  readonly body?: z.ZodType;
}

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "code", "detail", "retryable"],
  properties: {
    type: { const: "about:blank" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    retryable: { type: "boolean" },
  },
};

/** What `GET /v1/events` sends, one JSON object per event. */
const EVENT = {
  type: "object",
  required: ["at", "kind", "decision", "sentence", "term", "run"],
  properties: {
    at: { type: "string", format: "date-time" },
    kind: { const: "decision" },
    decision: { type: "string" },
    sentence: { type: "string" },
    term: { type: ["integer", "null"] },
    run: {
      type: ["object", "null"],
      properties: {
        id: { type: "string" },
        kind: { type: "string" },
        state: { type: "string" },
      },
    },
  },
};

const EVENTS = {
  summary: "A line each time this controller decides something else, and a comment each second.",
  description: "Least role: viewer.",
  responses: {
    "200": {
      description: "Server-sent events; the data of each is an Event",
      content: { "text/event-stream": { schema: { $ref: "#/components/schemas/Event" } } },
    },
    "4XX": {
      description: "Refused",
      content: {
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      },
    },
  },
};

/** OpenAPI 3.1 from the table of routes and the schemas that parse their bodies. */
export function openApiOf(routes: readonly OperatorRoute[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Careline continuity controller", version },
    paths: { ...paths, "/v1/events": { get: EVENTS } },
    components: {
      schemas: { Problem: PROBLEM, Event: EVENT },
      securitySchemes: { operatorCertificate: { type: "mutualTLS" } },
    },
    security: [{ operatorCertificate: [] }],
  };
}

function operationOf(route: OperatorRoute): unknown {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const problem = {
    description: "Refused",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  return {
    summary: route.summary,
    description: `Least role: ${route.role}.`,
    parameters,
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: z.toJSONSchema(route.body, { io: "input" }) },
            },
          },
        }),
    responses: {
      [String(route.status)]: {
        description: "Done",
        content: { "application/json": { schema: {} } },
      },
      "4XX": problem,
      "5XX": problem,
    },
  };
}
