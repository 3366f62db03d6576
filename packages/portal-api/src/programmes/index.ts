export { programmesHandlers } from "./handlers.ts";
export { isQueueOpen } from "./opening-hours.ts";
