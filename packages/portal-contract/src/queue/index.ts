export { queueRoutes } from "./routes.ts";
export * from "./schemas.ts";
