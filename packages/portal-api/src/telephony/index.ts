export {
  finishCommands,
  type OpenCommand,
  readOpenCommands,
  type SentCommand,
  sendCommands,
} from "./commands.ts";
export { derivedId } from "./derived-id.ts";
export { postponeCall, readUnprojected, takeMarks } from "./event-log.sql.ts";
export type { Repair } from "./plan-reconciliation.ts";
export { projectCall } from "./projection.ts";
export type { TelephonyProvider } from "./provider.ts";
export { findRepairs, readDatabaseClock, repair } from "./reconcile.ts";
export { createSimulator, type SimulatorProvider } from "./simulator.ts";
export { webhookHandlers } from "./webhook.ts";
export { signWebhook } from "./webhook-signature.ts";
