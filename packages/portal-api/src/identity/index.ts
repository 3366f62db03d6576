export { type IdentityDeps, identityHandlers } from "./handlers.ts";
export { IdentityProvider } from "./identity-provider.ts";
export { sessionCookieName } from "./session-cookie.ts";
export { SessionStore } from "./session-store.ts";
