/**
 * Writes the part of the contract's route table that the browser needs (method, path, what a write must carry),
 * so that no validation code is in the bundle. A test holds the result and the contract together.
 * Run: node packages/portal-web/scripts/route-table.ts
 */
import { writeFileSync } from "node:fs";
// biome-ignore lint/style/noRestrictedImports: a script of this package, outside its slices
import { routeTableSource } from "../src/api/route-table-source.ts";

writeFileSync(new URL("../src/api/route-table.ts", import.meta.url), routeTableSource());
