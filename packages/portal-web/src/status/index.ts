import { lazyRouteComponent } from "@tanstack/react-router";

export { ServiceBanner } from "./service-banner.tsx";
export { ServicePill } from "./service-pill.tsx";
export type { ServiceState } from "./service-state.ts";
export {
  askService,
  sawFailure,
  sawService,
  serviceState,
  subscribeToService,
  watchService,
} from "./service-store.ts";
export { useService } from "./use-service.ts";
export const StatusRoute = lazyRouteComponent(() => import("./status-page.tsx"), "StatusPage");
