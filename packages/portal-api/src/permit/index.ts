export { PermitClient } from "./permit-client.ts";
export type { DurabilityState, Permit, PermitView } from "./permit-view.ts";
