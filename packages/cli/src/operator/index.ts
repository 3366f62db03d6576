export { connectAs, withOperator } from "./connect.ts";
export type { Controllers } from "./controllers.ts";
export { followRun } from "./follow-run.ts";
export {
  automationSchema,
  type ExpectedLoss,
  expectedLossSchema,
  type Run,
  runIdSchema,
  runSchema,
  runsSchema,
  type SystemStatus,
  sentences,
  systemStatusSchema,
} from "./shapes.ts";
export { statusText } from "./status-view.ts";
