export { agentsHandlers } from "./handlers.ts";
export { lockPresence, readPresence, writePresence, writeStatus } from "./presence.sql.ts";
export { presenceAfterCall, statusOfPresence } from "./presence-rule.ts";
