export { queueHandlers } from "./handlers.ts";
export { hasRoutingWork, routeCalls } from "./route-calls.ts";
