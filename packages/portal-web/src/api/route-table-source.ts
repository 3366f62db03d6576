import { isWrite, type RouteDefinition, takesKey } from "@careline/portal-contract/route.ts";
import { routes } from "@careline/portal-contract/routes.ts";

/** Text of `src/api/route-table.ts` as it has to be for the contract at hand. */
export function routeTableSource(): string {
  const rows = (Object.entries(routes) as [string, RouteDefinition][]).map(([name, route]) => {
    const durability = isWrite(route) ? `"${route.durability}"` : "null";
    const parts = [
      `method: "${route.method}"`,
      `path: "${route.path}"`,
      `write: ${durability}`,
      `takesKey: ${takesKey(route)}`,
    ];
    return `  ${name}: { ${parts.join(", ")} },`;
  });
  return [
    "// Generated from the contract by scripts/route-table.ts; do not edit.",
    "// biome-ignore format: one row per route, whatever its length",
    "export const routeTable = {",
    ...rows,
    "} as const;",
    "",
  ].join("\n");
}
