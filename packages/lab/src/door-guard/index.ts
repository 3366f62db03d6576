export { tellHaproxy } from "./admin-socket.ts";
export { DoorGuard } from "./door-guard.ts";
export { type DoorGuardConfig, doorGuardConfigSchema } from "./door-guard-config.ts";
