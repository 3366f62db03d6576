export * from "./codes.ts";
export { noteRoutes } from "./note-routes.ts";
export { callsRoutes } from "./routes.ts";
export * from "./schemas.ts";
