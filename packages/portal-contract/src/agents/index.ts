export { agentsRoutes } from "./routes.ts";
export * from "./schemas.ts";
