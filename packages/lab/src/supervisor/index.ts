export { faketimeLibrary, skewableEnvironment } from "./clock-skew.ts";
export {
  type FaultCommand,
  type FaultReport,
  faultReportSchema,
} from "./fault-command.ts";
export { memoryOf, processesIn, signalTo, stateOf } from "./proc-scan.ts";
export type { Probe, ProcessSpec, SupervisorConfig } from "./process-spec.ts";
export { isMounted } from "./region-disk.ts";
export { type LabStatus, labStatusSchema, type ProcessStatus } from "./status.ts";
