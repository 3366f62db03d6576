export { connectAs, regionArgument, withOperator } from "./connect.ts";
export { type Controllers, connectControllers, type SiteController } from "./controllers.ts";
export { followRun } from "./follow-run.ts";
export { readOperatorConfig } from "./operator-config.ts";
export {
  discardAnswerSchema,
  mergePreviewSchema,
  mergeRecordSchema,
  salvageListSchema,
  type TailReport,
  tailReportSchema,
} from "./salvage-shapes.ts";
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
