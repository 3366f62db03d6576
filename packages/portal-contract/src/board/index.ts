export * from "./apply-delta.ts";
export { boardRoutes } from "./routes.ts";
export * from "./schemas.ts";
