export type { LabSettings, Layout } from "./layout.ts";
export { type LayoutChoices, openLayout, ownedDir, prepareLayout } from "./open-layout.ts";
export { giveTo, isReachableBy, makeOwnedDir, type Owner } from "./owner.ts";
export { ensurePki, operators } from "./pki.ts";
export {
  type Ports,
  peerAddress,
  portSpan,
  portsFrom,
  type Service,
  type WanRoute,
} from "./ports.ts";
export { type ProgramResult, runProgram, tryProgram } from "./run-program.ts";
export { ensureSecret, ensureSecretText } from "./secrets.ts";
export {
  isPlace,
  isRegion,
  otherRegion,
  type Place,
  places,
  type Region,
  regions,
  type Site,
  sites,
} from "./sites.ts";
