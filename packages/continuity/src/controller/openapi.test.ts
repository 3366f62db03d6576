import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openApiOf } from "./openapi.ts";
import { operatorRouteTable } from "./operator-routes.ts";

it("describes the operator API as valid OpenAPI 3.1, each route with its least role", async () => {
  const document = openApiOf(operatorRouteTable(), "0.0.0");
  const result = await new Validator().validate(document as Record<string, unknown>);
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
  expect(JSON.stringify(document)).toContain("Least role: operator.");
});

it("names every route that people use", () => {
  const { paths } = openApiOf(operatorRouteTable(), "0.0.0") as { paths: Record<string, object> };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      ...["/v1/status", "/v1/runs", "/v1/runs/{id}/control", "/v1/automation", "/v1/events"],
      ...["/v1/drills", "/v1/force-quorum", "/v1/force-quorum/agreement"],
      ...["/v1/salvage/{name}/preview", "/v1/salvage/{name}/merge", "/v1/salvage/{name}/discard"],
    ]),
  );
  expect(paths["/v1/runs"]).toHaveProperty("post.requestBody");
});
