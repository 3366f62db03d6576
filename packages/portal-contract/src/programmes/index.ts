export { programmesRoutes } from "./routes.ts";
export * from "./schemas.ts";
