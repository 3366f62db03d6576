export { ConfirmedWatch } from "./confirmed-watch.ts";
export { type HealthDeps, healthHandlers } from "./handlers.ts";
