export * from "./callback-schemas.ts";
export * from "./codes.ts";
export { noteRoutes } from "./note-routes.ts";
export { callsRoutes } from "./routes.ts";
export * from "./schemas.ts";
export { taskRoutes } from "./task-routes.ts";
export * from "./task-schemas.ts";
