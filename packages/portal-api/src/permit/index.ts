export type { DurabilityState, Permit, PermitView } from "./permit-view.ts";
