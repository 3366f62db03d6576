export { connectLab, type LabControl } from "./lab-control.ts";
export { probeRoute, type RouteState } from "./probe-route.ts";
