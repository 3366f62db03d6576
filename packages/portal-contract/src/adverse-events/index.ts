export { adverseEventsRoutes } from "./routes.ts";
export * from "./schemas.ts";
export * from "./validity.ts";
