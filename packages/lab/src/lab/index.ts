export { labMemoryBytes } from "./lab-memory.ts";
export { findFreePortBase, mustBeFree } from "./port-owners.ts";
export { type Progress, readLabStatus, resumeLab, startLab } from "./start-lab.ts";
export { stopLab, wipeLab } from "./stop-lab.ts";
export { buildWebIfChanged } from "./web-build.ts";
