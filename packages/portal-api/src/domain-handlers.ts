import type { PortalDeps } from "./portal-deps.ts";
import type { BackgroundLoop, RegisteredHandler } from "./serving/index.ts";

/** Handlers of every domain, in the order of the table of routes. */
export function domainHandlers(_deps: PortalDeps): readonly RegisteredHandler[] {
  return [];
}

/** Loops of every domain; started after the first permit question was answered, whatever the answer. */
export function domainLoops(_deps: PortalDeps): readonly BackgroundLoop[] {
  return [];
}
