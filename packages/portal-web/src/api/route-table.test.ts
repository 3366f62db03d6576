import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { routeTableSource } from "./route-table-source.ts";

it("is what the contract says (else run: node packages/portal-web/scripts/route-table.ts)", () => {
  const kept = readFileSync(join(import.meta.dirname, "route-table.ts"), "utf8");
  expect(kept).toBe(routeTableSource());
});
