export { fillDatabase } from "./fill-database.ts";
export { demoHandlers } from "./handlers.ts";
