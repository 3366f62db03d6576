export {
  finishCommands,
  type OpenCommand,
  readOpenCommands,
  type SentCommand,
  sendCommands,
} from "./commands.ts";
export { derivedId } from "./derived-id.ts";
export { projectCall } from "./projection.ts";
export type { TelephonyProvider } from "./provider.ts";
export { type Reconciled, reconcileCalls } from "./reconcile.ts";
export { createSimulator, type SimulatorProvider } from "./simulator.ts";
export { projectSafely, webhookHandlers } from "./webhook.ts";
