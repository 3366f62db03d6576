import {
  headerNames,
  isWrite,
  problemSchema,
  problems,
  problemsOf,
  type RouteDefinition,
  routes,
  statusOf,
  takesKey,
} from "@careline/portal-contract";
import { z } from "zod";

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 of the table of routes. Schemas are JSON Schema 2020-12, generated from the same zod schemas that parse. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<RouteDefinition>(routes)) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    const operations = paths[path] ?? {};
    operations[route.method.toLowerCase()] = operation(name, route);
    paths[path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Careline portal",
      version: "0.1.0",
      description:
        "Healthcare call-centre portal. Errors are RFC 9457 problem documents with a stable code.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, "output") },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-careline",
          description: "Begun by /auth/sign-in.",
        },
        signature: {
          type: "apiKey",
          in: "header",
          name: "x-careline-signature",
          description: "Signed by the carrier.",
        },
      },
    },
  };
}

function operation(name: string, route: RouteDefinition): Json {
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.slice],
    security: securityOf(route),
    parameters: [
      ...parameters("path", route.params),
      ...parameters("query", route.query),
      ...headerParameters(route),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(route.body, "input") } },
          },
        }),
    responses: { [String(statusOf(route))]: success(route), ...failures(route) },
    "x-durability": route.durability,
    ...(route.audit === null ? {} : { "x-audit-action": route.audit }),
    ...(route.access.kind === "session" ? { "x-roles": [...route.access.roles] } : {}),
  };
}

function securityOf(route: RouteDefinition): readonly Json[] {
  if (route.access.kind === "session") return [{ session: [] }];
  return route.access.kind === "signed" ? [{ signature: [] }] : [];
}

function parameters(place: "path" | "query", schema: z.ZodObject | undefined): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function headerParameters(route: RouteDefinition): readonly Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: "header",
    required: true,
    description,
    schema: { type: "string" },
  });
  const wanted: Json[] = [];
  if (takesKey(route))
    wanted.push(header("Idempotency-Key", "A UUID; a repeat with it gets the first answer."));
  if (route.ifMatch === true)
    wanted.push(header("If-Match", 'The version that the edit is based on, e.g. "3".'));
  if (route.access.kind === "session" && route.method !== "GET") {
    wanted.push(
      header("Careline-Client", "Name and version of the client; a form cannot send it."),
    );
  }
  return wanted;
}

function success(route: RouteDefinition): Json {
  const description = isWrite(route) ? `Acknowledged, ${route.durability}.` : "The answer.";
  if (route.answers === "events") {
    return {
      description: "A stream of events.",
      content: { "text/event-stream": { schema: { type: "string" } } },
    };
  }
  const headers = isWrite(route)
    ? Object.fromEntries(
        [headerNames.position, headerNames.durability].map((name) => [
          name,
          { schema: { type: "string" } },
        ]),
      )
    : {};
  const content =
    route.answer === null
      ? {}
      : { content: { "application/json": { schema: schemaOf(route.answer, "output") } } };
  return { description, headers, ...content };
}

function failures(route: RouteDefinition): Record<string, Json> {
  const byStatus = new Map<number, string[]>();
  for (const code of problemsOf(route)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.join(", "),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Record<
    string,
    unknown
  >;
  return json;
}
