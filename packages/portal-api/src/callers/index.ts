export { callersHandlers } from "./handlers.ts";
