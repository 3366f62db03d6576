export { announce, type Urgency } from "./announcer.ts";
export { LiveRegions } from "./live-regions.tsx";
