export { demoRoutes } from "./routes.ts";
export * from "./schemas.ts";
