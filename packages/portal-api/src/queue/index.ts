export { queueHandlers } from "./handlers.ts";
export { hasRoutingWork, routeCalls } from "./route-calls.ts";
export { silentDesksLoop } from "./silent-desks-loop.ts";
