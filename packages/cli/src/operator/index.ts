export { connectAs, withOperator } from "./connect.ts";
export { type Controllers, connectControllers } from "./controllers.ts";
export { followRun } from "./follow-run.ts";
export { readOperatorConfig } from "./operator-config.ts";
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
