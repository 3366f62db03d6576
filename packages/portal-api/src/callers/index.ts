export { callersHandlers } from "./handlers.ts";
export { adoptStanding } from "./standing.sql.ts";
