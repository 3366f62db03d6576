export * from "./card-numbers.ts";
export * from "./masking.ts";
export { patientsRoutes } from "./routes.ts";
export * from "./schemas.ts";
