import { type RouteDefinition, routes, takesKey } from "@careline/portal-contract";

export interface Operation {
  readonly name: string;
  readonly isKeyed: boolean;
}

interface Pattern extends Operation {
  readonly method: string;
  readonly path: RegExp;
}

const patterns: readonly Pattern[] = Object.entries<RouteDefinition>(routes)
  // A path without parameters is the better match: `/api/calls/current` before `/api/calls/:callId`.
  .toSorted(([, a], [, b]) => a.path.split(":").length - b.path.split(":").length)
  .map(([name, definition]) => ({
    name,
    method: definition.method,
    isKeyed: takesKey(definition),
    path: new RegExp(`^${definition.path.replace(/:\w+/g, "[^/]+")}$`),
  }));

/** Which operation of the contract a request is. */
export function operationOf(method: string, path: string): Operation {
  const bare = path.split("?")[0] ?? path;
  const found = patterns.find((pattern) => pattern.method === method && pattern.path.test(bare));
  if (found === undefined) return { name: `${method} ${bare}`, isKeyed: true };
  return { name: found.name, isKeyed: found.isKeyed };
}
