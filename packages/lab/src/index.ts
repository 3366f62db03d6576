export { LabError, type LabErrorCode, labErrors } from "./errors.ts";
export { connectLab, type LabControl, probeRoute } from "./faults/index.ts";
export { accountOf, currentCode } from "./identity-provider/index.ts";
export {
  findFreePortBase,
  labMemoryBytes,
  mustBeFree,
  type Progress,
  readLabStatus,
  resumeLab,
  startLab,
  stopLab,
  wipeLab,
} from "./lab/index.ts";
export {
  isPlace,
  isRegion,
  type Layout,
  type LayoutChoices,
  openLayout,
  operators,
  type Place,
  places,
  prepareLayout,
  type Region,
  regions,
  type Site,
  sites,
} from "./layout/index.ts";
export { demoAccounts, frontDoorOrigin, issuerOf, postgresLogFile } from "./processes/index.ts";
export type { FaultReport, LabStatus, ProcessStatus } from "./supervisor/index.ts";
export type { LinkSettings, LinkStatus, WanAnswer } from "./wan/index.ts";
