export { demoAgents, demoPatient } from "./demo-people.ts";
export { fillDatabase } from "./fill-database.ts";
export { demoHandlers } from "./handlers.ts";
