import { expect, it } from "vitest";
import { z } from "zod";
import { problemCodes, problems } from "./problems.ts";
import { takesKey, urlOf } from "./route.ts";
import { problemsOf, routes } from "./routes.ts";

const all = Object.entries(routes);

it("gives every operation its own method and path", () => {
  const addresses = all.map(([, route]) => `${route.method} ${route.path.replace(/:\w+/g, ":")}`);
  expect(new Set(addresses).size).toBe(addresses.length);
});

it.each(all)("%s declares exactly the path parameters that its path names", (_, route) => {
  const named = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]).sort();
  const declared =
    "params" in route
      ? Object.keys((route as { params: { shape: object } }).params.shape).sort()
      : [];
  expect(declared).toEqual(named);
});

it.each(all)("%s answers only codes of the one table", (_, route) => {
  for (const code of problemsOf(route)) expect(problemCodes).toContain(code);
});

it.each(all)(
  "%s changes nothing by GET, unless the identity provider sends the browser back with it",
  (name, route) => {
    if (route.method === "GET" && name !== "finishSignIn") expect(route.durability).toBe("read");
    if (route.method !== "GET") expect(["geo", "local", "read"]).toContain(route.durability);
  },
);

/** Every integer that a request may carry, with the largest that its schema lets through. */
function integersOf(schema: unknown, at = "body"): (readonly [string, number])[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { type, maximum, const: only } = schema as Record<string, unknown>;
  const own = type === "integer" && only === undefined ? [[at, Number(maximum)] as const] : [];
  return [
    ...own,
    ...Object.entries(schema).flatMap(([key, part]) => integersOf(part, `${at}.${key}`)),
  ];
}

it.each(all.filter(([, route]) => "body" in route))(
  "%s takes no number that PostgreSQL's integer cannot hold",
  (_, route) => {
    const { body } = route as { body: z.ZodType };
    for (const [at, most] of integersOf(z.toJSONSchema(body, { io: "input" }))) {
      expect(most, at).toBeLessThanOrEqual(2_147_483_647);
    }
  },
);

it("asks for an Idempotency-Key only where the sender is a client of ours", () => {
  expect(takesKey(routes.signOut)).toBe(false);
  expect(takesKey({ ...routes.signOut, idempotent: true })).toBe(true);
});

it.each(Object.entries(problems))("%s says what to do in one sentence", (_, problem) => {
  expect(problem.remedy).toMatch(/^[A-Z].*\.$/);
  expect(problem.status).toBeGreaterThanOrEqual(400);
});

it("fills path parameters in and leaves absent query fields out", () => {
  const route = { ...routes.readSession, path: "/api/calls/:callId/notes" as const };
  expect(urlOf(route, { callId: "a/b" }, { limit: 5, cursor: undefined })).toBe(
    "/api/calls/a%2Fb/notes?limit=5",
  );
});
