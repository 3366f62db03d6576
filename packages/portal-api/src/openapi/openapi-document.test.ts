import { type RouteDefinition, routes } from "@careline/portal-contract";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openApiDocument } from "./openapi-document.ts";

it("is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(
    structuredClone(openApiDocument()) as Parameters<Validator["validate"]>[0],
  );
  expect(result).toMatchObject({ valid: true });
});

it("describes every route of the table once", () => {
  const { paths } = openApiDocument() as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const described = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  expect(described.sort()).toEqual(Object.keys(routes).sort());
});

it("says for each write which durability it has", () => {
  const text = JSON.stringify(openApiDocument());
  for (const route of Object.values<RouteDefinition>(routes))
    expect(text).toContain(`"x-durability":"${route.durability}"`);
});
