export { identityRoutes } from "./routes.ts";
export { type SessionView, sessionSchema } from "./session.ts";
