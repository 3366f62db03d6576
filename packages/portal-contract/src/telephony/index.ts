export { telephonyRoutes } from "./routes.ts";
export * from "./schemas.ts";
